<?php
/**
 * Usage: php install.php WEBROOT. Creates the database and an empty blog with pretty permalinks.
 */

define( 'WP_INSTALLING', true );
$root  = $argv[1];
$bench = json_decode( file_get_contents( dirname( $root ) . '/bench.json' ), true );

mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
for ( $tries = 600; ; $tries-- ) {
	try {
		$db = new mysqli( 'localhost', 'root', '', '', 0, $bench['socket'] );
		break;
	} catch ( mysqli_sql_exception $starting ) {
		if ( $tries === 0 ) {
			throw $starting;
		}
		usleep( 50000 );
	}
}
$db->query( 'create database wordpress character set utf8mb4' );

// Declared before WordPress would: an installation sends no mail.
function wp_new_blog_notification() {}

require "$root/wp-load.php";
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'Harbor & Forge Dispatch', 'editor', 'editor@blog.example', true, '', wp_generate_password() );
update_option( 'timezone_string', 'America/Detroit' );
update_option( 'blogdescription', 'News of the port, the yards and the foundries' );
update_option( 'permalink_structure', '/%postname%/' );
update_option( 'default_pingback_flag', 0 );
