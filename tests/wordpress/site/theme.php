<?php
/**
 * Usage: php theme.php WEBROOT THEME. Switches the theme, gives it the menu, rebuilds the rewrite rules.
 */

$_SERVER['HTTP_HOST'] = '127.0.0.1';
require $argv[1] . '/wp-load.php';

switch_theme( $argv[2] );
$menu = wp_get_nav_menu_object( 'Main' );
set_theme_mod( 'nav_menu_locations', array( 'primary' => $menu ? $menu->term_id : 0 ) );
flush_rewrite_rules( false );
echo wp_get_theme()->get( 'Version' );
