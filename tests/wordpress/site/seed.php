<?php
/**
 * Usage: php seed.php WEBROOT < seed.json > truth.json
 *
 * Writes the posts through WordPress' own functions and answers what WordPress then says of every post it holds.
 */

$_SERVER['HTTP_HOST'] = '127.0.0.1';
require $argv[1] . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/image.php';
require ABSPATH . 'wp-admin/includes/taxonomy.php';

$seed = json_decode( stream_get_contents( STDIN ), true, 512, JSON_THROW_ON_ERROR );
wp_set_current_user( 1 ); // An administrator's markup is stored as typed; anyone else's is filtered.
kses_remove_filters();
wp_defer_term_counting( true );
wp_defer_comment_counting( true );

$authors = array();
function author_id( string $name ): int {
	global $authors;
	if ( ! isset( $authors[ $name ] ) ) {
		$login            = 'writer' . ( count( $authors ) + 1 );
		$authors[ $name ] = made( wp_insert_user( array( 'user_login' => $login, 'user_nicename' => $login, 'display_name' => $name, 'user_pass' => wp_generate_password(), 'role' => 'author' ) ) );
	}
	return $authors[ $name ];
}

/** The id WordPress answered, or the end of the run with its complaint. */
function made( $answer ): int {
	if ( is_wp_error( $answer ) ) {
		throw new RuntimeException( $answer->get_error_message() );
	}
	return (int) $answer;
}

/** The category at a path such as "News > Policy", made on the way down when it is missing. */
function category_id( string $path ): int {
	$parent = 0;
	foreach ( explode( ' > ', $path ) as $name ) {
		$found  = term_exists( wp_slash( $name ), 'category', $parent );
		$parent = $found ? (int) $found['term_id'] : made( wp_insert_category( array( 'cat_name' => wp_slash( $name ), 'category_parent' => $parent ), true ) );
	}
	return $parent;
}

function attach( string $file_name, string $bytes, string $type, string $title, string $caption = '' ): int {
	$upload = wp_upload_bits( $file_name, null, $bytes );
	$id     = made( wp_insert_attachment( array( 'post_title' => $title, 'post_excerpt' => $caption, 'post_mime_type' => $type, 'guid' => $upload['url'] ), $upload['file'], 0, true ) );
	wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $upload['file'] ) );
	return $id;
}

function jpeg( string $words, int $hue ): string {
	$image = imagecreatetruecolor( 900, 600 );
	imagefill( $image, 0, 0, imagecolorallocate( $image, $hue, 120, 255 - $hue ) );
	imagestring( $image, 5, 40, 280, $words, imagecolorallocate( $image, 255, 255, 255 ) );
	ob_start();
	imagejpeg( $image, null, 60 );
	return ob_get_clean();
}

function pdf(): string {
	return "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
		. "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
}

$marks  = array( '{{home}}' => home_url() );
$images = array();
foreach ( $seed['images'] as $name => $caption ) {
	$id                          = attach( "$name.jpg", jpeg( $name, 40 * count( $images ) ), 'image/jpeg', ucfirst( $name ), $caption );
	$images[]                    = $id;
	$marks[ "{{image:$name}}" ]    = wp_get_attachment_url( $id );
	$marks[ "{{image_id:$name}}" ] = $id;
}
$report              = attach( 'port-report.pdf', pdf(), 'application/pdf', 'Port report' );
$marks['{{pdf}}']    = wp_get_attachment_url( $report );
$marks['{{pdf_id}}'] = $report;

/** The files a body shows from the uploads folder, put where it looks for them. */
function upload_files_of( string $content ): void {
	preg_match_all( '~/wp-content(/uploads/[\w./-]+\.)(png|pdf)~', $content, $files, PREG_SET_ORDER );
	foreach ( $files as list( , $path, $type ) ) {
		wp_mkdir_p( dirname( WP_CONTENT_DIR . $path ) );
		file_put_contents( WP_CONTENT_DIR . $path . $type, $type === 'pdf' ? pdf() : jpeg( basename( $path ), 90 ) );
	}
}

// WordPress stamps its own clock on a change and holds back what is dated later than it; here the seed decides both.
$now_seeded = null;
add_filter(
	'wp_insert_post_data',
	function ( $data ) use ( &$now_seeded ) {
		if ( $now_seeded && $data['post_type'] === 'post' ) {
			$data['post_modified']     = $now_seeded['modified'] ?? $now_seeded['date'];
			$data['post_modified_gmt'] = get_gmt_from_date( $data['post_modified'] );
			$data['post_status']       = $data['post_status'] === 'future' ? $now_seeded['status'] : $data['post_status'];
		}
		return $data;
	}
);

foreach ( $seed['posts'] as $number => $post ) {
	$now_seeded = $post;
	upload_files_of( $post['content'] );
	$id = made(
		wp_insert_post(
			wp_slash(
				array(
					'post_title'    => $post['title'],
					'post_content'  => strtr( $post['content'], $marks ),
					'post_excerpt'  => $post['excerpt'],
					'post_status'   => $post['status'] === 'trash' ? 'publish' : $post['status'],
					'post_password' => $post['password'],
					'post_date'     => $post['date'],
					'post_name'     => $post['old_slug'] ?: $post['slug'],
					'post_author'   => author_id( $post['author'] ),
					'meta_input'    => array( '_clipfile_key' => $post['key'] ),
				)
			),
			true
		)
	);
	wp_set_post_categories( $id, array_map( 'category_id', $post['categories'] ) );
	wp_set_post_tags( $id, $post['tags'] );
	if ( $post['format'] ) {
		set_post_format( $id, $post['format'] );
	}
	if ( $post['featured'] ) {
		set_post_thumbnail( $id, $images[ $number % count( $images ) ] );
	}
	if ( $post['sticky'] ) {
		stick_post( $id );
	}
	if ( $post['old_slug'] ) { // A second save, so that WordPress itself remembers the old address.
		made( wp_update_post( array( 'ID' => $id, 'post_name' => $post['slug'] ), true ) );
	}
	for ( $n = 1; $n <= $post['comments']; $n++ ) {
		wp_insert_comment( array( 'comment_post_ID' => $id, 'comment_author' => "Reader $n", 'comment_content' => "Comment $n: The Detroit News wrote the same on March $n, 2019. Well said.", 'comment_approved' => 1 ) );
	}
	if ( $post['status'] === 'trash' ) {
		wp_trash_post( $id );
	}
	$marks[ '{{id:' . $post['key'] . '}}' ] = $id;
}
$now_seeded = null;

foreach ( $seed['pages'] as $title => $content ) {
	made( wp_insert_post( array( 'post_type' => 'page', 'post_status' => 'publish', 'post_title' => $title, 'post_content' => $content ), true ) );
}
wp_defer_term_counting( false );
wp_defer_comment_counting( false );

// The same menu for both kinds of theme: a classic one, and the block most recently published for block themes.
$menu   = made( wp_create_nav_menu( 'Main' ) );
$blocks = '';
foreach ( $seed['menu'] as $path ) {
	$category = get_category( category_id( $path ) );
	wp_update_nav_menu_item( $menu, 0, array( 'menu-item-title' => $category->name, 'menu-item-object' => 'category', 'menu-item-object-id' => $category->term_id, 'menu-item-type' => 'taxonomy', 'menu-item-status' => 'publish' ) );
	$blocks .= '<!-- wp:navigation-link ' . json_encode( array( 'label' => $category->name, 'type' => 'category', 'id' => $category->term_id, 'url' => get_category_link( $category ), 'kind' => 'taxonomy' ) ) . ' /-->';
}
made( wp_insert_post( wp_slash( array( 'post_type' => 'wp_navigation', 'post_status' => 'publish', 'post_title' => 'Main', 'post_content' => $blocks ) ), true ) );

$statuses = array( 'publish', 'future', 'draft', 'pending', 'private', 'trash', 'auto-draft' );
$truth    = array_map(
	fn( WP_Post $post ) => array(
		'key'         => get_post_meta( $post->ID, '_clipfile_key', true ) ?: $post->post_name,
		'id'          => $post->ID,
		'permalink'   => get_permalink( $post ),
		'status'      => $post->post_status,
		'password'    => $post->post_password !== '',
		'title'       => $post->post_title,
		'posted_on'   => substr( $post->post_date, 0, 10 ),
		'modified_at' => str_replace( ' ', 'T', $post->post_modified_gmt ) . 'Z',
		'categories'  => array_map( fn( $name ) => html_entity_decode( $name, ENT_QUOTES ), wp_get_post_categories( $post->ID, array( 'fields' => 'names' ) ) ),
	),
	get_posts( array( 'post_type' => 'post', 'post_status' => $statuses, 'numberposts' => -1, 'orderby' => 'ID', 'order' => 'ASC' ) )
);
echo json_encode( $truth, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES );
