/* Creating and editing a channel.
 *
 *   GET  /channels/new
 *   POST /channels/new         the form's fields; saves a draft and files its connection check
 *   GET  /channels/{id}/edit
 *   POST /channels/{id}/edit   the form's fields; a changed connection is checked again
 */
