/* Sync: what is under way, what was done, what is in quarantine; and starting a run.
 *
 *   GET  /sync
 *   GET  /sync/start        channel: preselected
 *   POST /sync/start        channel, kind (changes, full, check), entity ("" for all), confirmed
 */
