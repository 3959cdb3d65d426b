/* Channels: the list, a channel's page, and what may be done to it.
 *
 *   GET  /channels
 *   GET  /channels/{id}
 *   POST /channels/{id}/entities     entity, on (1 or 0)
 *   POST /channels/{id}/activate     the first time it also starts the first run
 *   POST /channels/{id}/deactivate
 *   GET  /channels/{id}/delete       what goes and what stays
 *   POST /channels/{id}/delete       hides the channel and files the run that removes its rows
 */
