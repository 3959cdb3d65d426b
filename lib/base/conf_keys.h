/* The table of configuration keys; included by conf.c alone. */
#ifndef TB_BASE_CONF_KEYS_H
#define TB_BASE_CONF_KEYS_H

#include <stdint.h>

/* The build says where things are installed. */
#ifndef TB_DATADIR
#define TB_DATADIR "/usr/local/share/tollbook"
#endif
#ifndef TB_BINDIR
#define TB_BINDIR "/usr/local/bin"
#endif
#ifndef TB_SYSCONFDIR
#define TB_SYSCONFDIR "/etc"
#endif

enum kind {
    KIND_TEXT,
    KIND_PATH,   /* relative ones are taken from the file's folder */
    KIND_FILE,   /* the same; may be empty: none */
    KIND_LISTEN, /* unix:PATH or ADDRESS:PORT */
    KIND_URL,    /* http or https, kept without a slash at its end */
    KIND_SMTP,   /* smtp or smtps; may be empty: none */
    KIND_ZONE,   /* a time zone's name */
    KIND_LEVEL,  /* of the log */
    KIND_FLAG,
    KIND_INT,
    KIND_DERIVED /* made from another key; cannot be set */
};

static const struct key {
    const char *name;
    enum kind kind;
    const char *fallback;
    int64_t least; /* of KIND_INT */
    int64_t most;
    const char *meaning;
} KEYS[] = {
    {"database", KIND_PATH, "/var/lib/tollbook/tollbook.db", 0, 0,
     "The database file. Its folder must be writable for the web and the sync program."},
    {"secret_key_file", KIND_PATH, "/var/lib/tollbook/secret.key", 0, 0,
     "Opens the sealed keys of the stores. Only the sync program may be able to read it."},
    {"listen", KIND_LISTEN, "unix:/run/tollbook/tollbook.sock", 0, 0,
     "Where the web server finds Tollbook: unix:PATH, or 127.0.0.1:PORT."},
    {"workers", KIND_INT, "0", 0, 256,
     "Web worker processes. 0: twice the number of cores, at least 4."},
    {"public_url", KIND_URL, "http://localhost:8080", 0, 0,
     "The address that browsers use, with the path below which Tollbook lives. Links, secure "
     "cookies and the check of a form's origin follow it."},
    {"base_path", KIND_DERIVED, "", 0, 0, "The path of public_url."},
    {"trusted_proxies", KIND_TEXT, "unix", 0, 0,
     "Web servers whose word about the browser's address counts: addresses with commas between "
     "them, or unix for the peer on a unix socket."},
    {"private_stores", KIND_TEXT, "no", 0, 0,
     "Whether a store may be on this machine or in a private network: no, yes, or a list of "
     "HOST:PORT with commas between them."},
    {"templates", KIND_PATH, TB_DATADIR "/templates", 0, 0, "The folder of page templates."},
    {"static", KIND_PATH, TB_DATADIR "/static", 0, 0, "The folder of styles, scripts and icons."},
    {"locale", KIND_PATH, TB_DATADIR "/templates/locale", 0, 0,
     "The folder of message catalogues."},
    {"sync_command", KIND_PATH, TB_BINDIR "/tollbook-sync", 0, 0,
     "The sync program that the web program starts."},
    {"time_zone", KIND_ZONE, "UTC", 0, 0,
     "The time zone of pages and reports, as in Europe/Berlin; users may choose another."},
    {"language", KIND_TEXT, "en", 0, 0, "The language of pages; users may choose another."},
    {"log_level", KIND_LEVEL, "info", 0, 0, "What is logged: error, warn, info or debug."},
    {"busy_timeout_ms", KIND_INT, "5000", 0, 600000,
     "How long to wait for another program that is writing to the database."},
    {"session_hours", KIND_INT, "12", 1, 720, "A log-in ends after so many hours."},
    {"session_idle_minutes", KIND_INT, "120", 1, 43200,
     "A log-in ends after so many minutes without a page."},
    {"request_seconds", KIND_INT, "5", 1, 300,
     "A page's database work is cut off after so many seconds."},
    {"receive_seconds", KIND_INT, "30", 1, 600, "How long a browser may take to send a request."},
    {"stall_seconds", KIND_INT, "20", 1, 600,
     "A browser that neither sends nor takes a byte for so long is given up."},
    {"answer_seconds", KIND_INT, "900", 5, 86400,
     "How long a browser may take to fetch an answer, a download included."},
    {"downloads", KIND_INT, "0", 0, 256,
     "Downloads of lists at the same time. 0: half as many as there are workers."},
    {"downloads_per_person", KIND_INT, "1", 1, 256, "How many of them one person may have."},
    {"page_rows", KIND_INT, "25", 5, 500, "Rows of a list page, unless a user chooses."},
    {"max_upload_kb", KIND_INT, "1024", 64, 65536, "The largest file that a form takes."},
    {"sync_interval_minutes", KIND_INT, "5", 1, 1440,
     "How often `tollbook-sync due` asks each store for changes."},
    {"overlap_minutes", KIND_INT, "10", 0, 1440,
     "How far each run looks back before the end of the last one."},
    {"settle_seconds", KIND_INT, "5", 0, 3600,
     "How old a change must be on the store's clock before it is read."},
    {"page_size", KIND_INT, "100", 10, 500, "Records that are asked for at once."},
    {"parallel", KIND_INT, "4", 1, 16, "Requests to one store at the same time."},
    {"requests_per_second", KIND_INT, "0", 0, 1000,
     "The most requests a second to one store. 0: no such bound."},
    {"connect_timeout", KIND_INT, "10", 1, 300, "Seconds for connecting to a store."},
    {"login_timeout", KIND_INT, "30", 1, 600, "Seconds for logging in to a store."},
    {"call_timeout", KIND_INT, "30", 1, 600, "Seconds for reading or writing one record."},
    {"list_timeout", KIND_INT, "120", 1, 3600, "Seconds for reading a page of records."},
    {"low_speed_seconds", KIND_INT, "60", 1, 3600,
     "A store that sends nothing for so long is given up."},
    {"retries", KIND_INT, "3", 0, 20, "How often a request that failed is tried again."},
    {"retry_first_ms", KIND_INT, "5000", 0, 600000, "The pause before the first such try."},
    {"retry_max_ms", KIND_INT, "60000", 0, 3600000,
     "The longest pause: each one is twice as long as the one before."},
    {"push_wait_seconds", KIND_INT, "120", 0, 3600,
     "A change whose sending broke off is sent again only after so long: the store may be at it."},
    {"answer_max_mb", KIND_INT, "256", 1, 1024, "The largest answer that is taken from a store."},
    {"record_max_mb", KIND_INT, "256", 8, 1024,
     "The most memory for the answer of a single record, as an order of thousands of items; of "
     "several records it is 8 MB, and beyond it fewer are asked for."},
    {"smtp_url", KIND_SMTP, "", 0, 0,
     "The mail server for notices of stores that cannot be read: smtp://HOST:587, which then must "
     "offer encryption unless it is this machine (localhost), or smtps://HOST. Empty: no mails."},
    {"smtp_user", KIND_TEXT, "", 0, 0, "The name to log in to the mail server with. Empty: none."},
    {"smtp_password_file", KIND_FILE, "", 0, 0,
     "A file with its password in the first line. Only the sync program need be able to read it."},
    {"smtp_ca_file", KIND_FILE, "", 0, 0,
     "The certificates that the mail server is trusted by, if it has one of your own making. "
     "Empty: "
     "those of the system."},
    {"mail_from", KIND_TEXT, "", 0, 0, "The address that mails come from."},
    {"mail_to", KIND_TEXT, "", 0, 0, "Who gets them: addresses with commas between them."},
    {"keep_runs_days", KIND_INT, "7", 1, 3650, "How long finished runs are listed."},
    {"keep_failed_runs_days", KIND_INT, "30", 1, 3650, "How long failed runs are listed."},
};

#define KEY_COUNT (sizeof(KEYS) / sizeof(KEYS[0]))

#endif
