/* The connection check of a channel, as its page and its form show it.
 *
 *   GET  /channels/{id}/check   the card alone for htmx; the channel's page for everybody else
 *   POST /channels/{id}/check   files a check
 */
