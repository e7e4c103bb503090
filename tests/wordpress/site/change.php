<?php
/**
 * Usage: php change.php WEBROOT < changes.json > answer.json
 *
 * Changes posts as an editor does, or as only someone with the database can, and answers where new ones live.
 */

$_SERVER['HTTP_HOST'] = '127.0.0.1';
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/taxonomy.php';

$asked = json_decode( stream_get_contents( STDIN ), true, 512, JSON_THROW_ON_ERROR );
wp_set_current_user( 1 );

function made( $answer ): int {
	if ( is_wp_error( $answer ) || ! $answer ) {
		throw new RuntimeException( is_wp_error( $answer ) ? $answer->get_error_message() : 'WordPress refused.' );
	}
	return (int) $answer;
}

foreach ( $asked['titles'] as $id => $title ) {
	made( wp_update_post( array( 'ID' => $id, 'post_title' => wp_slash( $title ) ), true ) );
}
foreach ( $asked['trashed'] as $id ) {
	made( wp_trash_post( $id ) ? $id : 0 );
}
// In the database alone: no hook runs, and no date is set.
foreach ( $asked['silent'] as $id => $content ) {
	made( $wpdb->update( $wpdb->posts, array( 'post_content' => $content ), array( 'ID' => $id ) ) );
	clean_post_cache( $id );
}
// What bulk editing tools do: terms are no part of a post, so its date stays.
if ( $asked['moved'] ) {
	$category = made( wp_insert_category( array( 'cat_name' => $asked['category'] ), true ) );
	foreach ( $asked['moved'] as $id ) {
		wp_set_post_categories( $id, array( $category ) );
	}
}
$added = array();
foreach ( $asked['added'] as $post ) {
	$added[] = get_permalink( made( wp_insert_post( wp_slash( $post + array( 'post_status' => 'publish', 'post_author' => 1 ) ), true ) ) );
}
echo wp_json_encode( $added );
