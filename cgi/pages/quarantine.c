/* Quarantine: records that could not be taken, with the store's answer.
 *
 *   GET  /sync/quarantine               channel, before: an entry's id; older ones are shown
 *   GET  /sync/quarantine/{id}
 *   POST /sync/quarantine/{id}/retry    files a run that reads this record again
 *   POST /sync/quarantine/retry         channel: files a run that reads all of its records again
 */
