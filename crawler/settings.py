"""Every Scrapy setting we changed, and our own, each with its unit and reason (docs/manners.md has the whole of it).

Each can be set on the command line (`-s NAME=VALUE`), as everywhere in Scrapy.
"""

BOT_NAME = "clipfile"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# --------------------------------------------------------------------------------------------------- who we are

CONTACT = ""  # URL or mailto: for the User-Agent, so that a site's owner can reach whoever runs this
ADDONS = {"crawler.identity.Identity": 100}  # makes USER_AGENT from CONTACT
ROBOTSTXT_USER_AGENT = "clipfile"  # the product token robots.txt groups are matched with (RFC 9309 §2.2.1)

# Header values. gzip and deflate only: what is stored as sent must open in ten years with the standard library alone.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
    "Accept-Encoding": "gzip, deflate",
}
REFERRER_POLICY = "no-referrer"  # no host learns which page led to it

# ------------------------------------------------------------------------------------ surprises that are switched off

REMOTE_CONTROL_ENABLED = False  # a server on loopback that runs code for whoever reaches it
TELNETCONSOLE_ENABLED = False  # the same, older
COOKIES_ENABLED = False  # its public-suffix list is fetched from the internet; a blog needs no cookies to be read
JOBDIR = None  # loses pages after kill -9, and says it finished; the frontier is in the archive's own database
HTTPCACHE_ENABLED = False  # the archive is the cache
HTTPPROXY_ENABLED = False  # a proxy resolves names where the address guard can't see the answer
METAREFRESH_ENABLED = False  # an address in a page's markup is a link like any other, not a redirect
COMPRESSION_ENABLED = False  # hands on half a page for a whole one; CaptureMiddleware decodes, strictly
DOWNLOAD_VERIFY_CERTIFICATES = True  # off by default in Scrapy; a forged page must not become a record

# Only http(s), every connection through the address guard; no file:, ftp:, data: or s3: for a page to point at
DOWNLOAD_HANDLERS = {
    "http": "crawler.guard.GuardedDownloadHandler",
    "https": "crawler.guard.GuardedDownloadHandler",
    **dict.fromkeys(("data", "file", "ftp", "s3")),
}

# The one private or loopback server that may be asked, as any URL of it (its scheme, host and port count); "" for none
ALLOW_PRIVATE_ORIGIN = ""

# ------------------------------------------------------------------------------------------------------------ manners

RESPECT_ROBOTS = True  # our RobotsMiddleware; off only with the site owner's consent
ROBOTSTXT_OBEY = False  # Scrapy's, which takes a 503 for permission
ROBOTS_CRAWL_DELAY_MAX = 60.0  # seconds; a longer Crawl-delay is cut to this, or a run would never end
ROBOTS_TIMEOUT = 30.0  # seconds for robots.txt in all; a host that can't send it in time is left alone

DOWNLOAD_DELAY = 1.0  # seconds between two requests to one host
DOWNLOAD_DELAY_JITTER = 0  # share of the delay; half of what a site asked for is not what it asked for
CONCURRENT_REQUESTS = 8  # in flight over all hosts
CONCURRENT_REQUESTS_PER_DOMAIN = 2  # in flight to one host, so that one slow page does not stop the rest

AUTOTHROTTLE_ENABLED = True  # goes slower when the site does
AUTOTHROTTLE_START_DELAY = 0.0  # seconds; begin with DOWNLOAD_DELAY instead of five
AUTOTHROTTLE_MAX_DELAY = 60.0  # seconds
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0  # as if one reader were clicking

RETRY_TIMES = 2  # after the first try; GET and HEAD only
RETRY_HTTP_CODES = [408, 429, 500, 502, 503, 504, 522, 524]
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # it is in the report, with its reason
RETRY_PAUSE = 5.0  # seconds after a 429 or 503 without Retry-After, doubled with each try
RETRY_AFTER_MAX = 600.0  # seconds one host may make one run wait, all pauses together; then the rest is for a later run

REDIRECT_MAX_TIMES = 5  # as many as RFC 9309 wants followed for robots.txt, and enough for any post

# ------------------------------------------------------------------------------------------------------------- limits

DOWNLOAD_MAXSIZE = 16 * 1024 * 1024  # bytes, as sent and decoded; four bombs of 0.5 MB took Scrapy to 9.8 GB without
DOWNLOAD_WARNSIZE = 0  # bytes; what is too large is in the report
DECOMPRESSION_MAXRATIO = 200.0  # decoded bytes for each byte sent, above 1 MiB decoded; pages reach 20
HEADERS_MAXSIZE = 256 * 1024  # bytes of one answer's headers; Twisted bounds a line, not their number
DOWNLOAD_TIMEOUT = 60.0  # seconds for the whole answer with name and connection, so a slow drip ends too
DOWNLOAD_FAIL_ON_DATALOSS = False  # a cut body is captured as such, then retried by us
DNS_TIMEOUT = 20.0  # seconds
READING_CPU_MAX = 10.0  # seconds of the processor one page may take to be read; a real page of 5 MB takes 3
READING_MEMORY_MAX = 256 * 1024 * 1024  # bytes on top of what the reading process holds; a page of 5 MB takes 200 MB
URLLENGTH_LIMIT = 2083  # characters
DEPTH_LIMIT = 2000  # links from the start; page 400 of a listing is 400 deep
REQUISITE_MAXSIZE = 16 * 1024 * 1024  # bytes of one image, style sheet, font or attachment, as sent
WARC_FILE_MAXSIZE = (
    1024 * 1024 * 1024
)  # bytes after which captures go on in the next file; what web archives are used to
REQUISITES_MAX = 20_000  # of them in one run; a page whose addresses change at each view must not fill the archive
LISTING_PAGES_MAX = 2000  # pages of one listing
SITE_URLS_MAX = 200_000  # addresses one run takes up; the largest blogs we know have 40,000 posts
CLOSESPIDER_TIMEOUT = 12 * 3600.0  # seconds of one run
CLOSESPIDER_PAGECOUNT = 100_000  # answers of one run
MEMUSAGE_LIMIT_MB = 1024  # a run needs a fifth of it
MEMUSAGE_CHECK_INTERVAL_SECONDS = 10.0

# --------------------------------------------------------------------------------------------------------- components

# Whatever takes part stands in the lists below, and Scrapy's own lists are empty: it imports what stands in them even
# where it is switched off, a web server and two HTTP clients among it, which took 12 MB and half a second.
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}

# From the engine (low) to the network (high); an answer passes them the other way round
DOWNLOADER_MIDDLEWARES = {
    # before anything is asked of the host, robots.txt included
    "crawler.guard.GuardMiddleware": 20,
    "crawler.middlewares.ScopeMiddleware": 50,
    "crawler.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    # above the redirects, so that each hop is retried by itself
    "crawler.middlewares.PatienceMiddleware": 550,
    "crawler.middlewares.StrictRedirects": 600,
    # nearest the network: the body as it was sent, and the request with every header
    "crawler.capture.CaptureMiddleware": 890,
}
SPIDER_MIDDLEWARES: dict[str, int] = {}  # each passes every answer through one generator more, for nothing we use
EXTENSIONS = {
    "crawler.throttle.PoliteThrottle": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,  # `-O posts.jsonl`
    "scrapy.extensions.memusage.MemoryUsage": 0,
    "crawler.extensions.ArchiveExtension": 1,
    "crawler.extensions.ProgressExtension": 2,
}

SPIDER_CONTRACTS = {"crawler.contracts.ReadsContract": 10}  # @reads FIELD VALUE, for `scrapy check`

ITEM_PIPELINES = {
    "crawler.pipelines.ChecksPipeline": 100,
    "crawler.pipelines.StorePipeline": 200,
}
HTTPERROR_ALLOW_ALL = True  # a 404 is an answer: the spider decides what it means

# -------------------------------------------------------------------------------------------------------- the archive

CLIPFILE_ARCHIVE = "data"  # the archive's folder
CLIPFILE_LIMIT = 0  # posts after which a run stops; 0 for no limit
CLIPFILE_FULL = False  # fetch every post, whatever the sources say
CLIPFILE_REQUISITES = "shown"  # files that pages need: none, shown (one size of an image), every (all sizes)
CLIPFILE_RECHECK = False  # ask for every post again, conditionally where the blog offers validators

# --------------------------------------------------------------------------------------------------------- the engine

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"  # RobotsMiddleware waits with asyncio
CONCURRENT_ITEMS = 1  # one post at a time through the pipelines: one transaction each, and 30 % faster than 100
FEED_EXPORT_FIELDS = ["post", "reading", "doubts"]  # the rest of an item is how it came here
FEED_EXPORT_ENCODING = "utf-8"  # for `-O posts.jsonl`: names as they are written, not \u escapes
STATS_DUMP = False  # the run's report says it in words
LOG_LEVEL = "INFO"  # DEBUG prints every item in full
LOG_VERSIONS: list[str] = []
