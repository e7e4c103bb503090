<?php
// The bench's own configuration: everything that differs between two benches stands in bench.json, one folder up.
$clipfile_bench = json_decode( file_get_contents( dirname( __DIR__ ) . '/bench.json' ), true );

define( 'CLIPFILE_BENCH_CLOSED', $clipfile_bench['closed'] );
define( 'WP_HOME', $clipfile_bench['url'] );
define( 'WP_SITEURL', $clipfile_bench['url'] );
define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:' . $clipfile_bench['socket'] );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_DEBUG', false );
$table_prefix = 'wp_';

if ( ! defined( 'ABSPATH' ) ) {
	define( 'ABSPATH', __DIR__ . '/' );
}
require_once ABSPATH . 'wp-settings.php';
