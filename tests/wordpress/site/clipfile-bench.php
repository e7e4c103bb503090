<?php
/**
 * Must-use plugin of the bench: closes the doors a test asks for, and keeps WordPress off the network.
 */

add_filter(
	'pre_http_request',
	fn() => new WP_Error( 'http_request_not_executed', 'The bench has no network.' )
);

// Stands in for YouTube's oEmbed answer, which WordPress would fetch.
add_filter(
	'pre_oembed_result',
	fn( $html, $url ) => str_contains( $url, 'youtube.com/watch' )
		? '<iframe title="A tour of the yard" width="500" height="281" src="https://www.youtube.com/embed/clipfile?feature=oembed" allowfullscreen></iframe>'
		: $html,
	10,
	2
);

function clipfile_bench_is_closed( string $door ): bool {
	return in_array( $door, CLIPFILE_BENCH_CLOSED, true );
}

if ( clipfile_bench_is_closed( 'rest' ) ) {
	add_filter(
		'rest_authentication_errors',
		fn() => new WP_Error( 'rest_login_required', 'REST API restricted to authenticated users.', array( 'status' => 401 ) )
	);
}

if ( clipfile_bench_is_closed( 'sitemaps' ) ) {
	add_filter( 'wp_sitemaps_enabled', '__return_false' );
}

if ( clipfile_bench_is_closed( 'feeds' ) ) {
	add_action(
		'init',
		function () {
			remove_action( 'wp_head', 'feed_links', 2 );
			remove_action( 'wp_head', 'feed_links_extra', 3 );
			foreach ( array( 'do_feed', 'do_feed_rdf', 'do_feed_rss', 'do_feed_rss2', 'do_feed_atom' ) as $feed ) {
				add_action( $feed, fn() => wp_die( 'No feed here.', '', array( 'response' => 404 ) ), 1 );
			}
		}
	);
}
