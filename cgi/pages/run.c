/* Runs: the card of one, its page, the list of all.
 *
 *   GET  /sync/runs               before: a run's id; older ones are shown
 *   GET  /sync/runs/{id}          the card alone for htmx; before: a message's id
 *   POST /sync/runs/{id}/stop
 *   POST /sync/runs/{id}/again    files the same request once more
 */
