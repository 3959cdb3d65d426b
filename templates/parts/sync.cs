<?cs # Macros of the sync pages: lines of the run history and of the quarantine, and their cards. ?>

<?cs def:run_line(r) ?><tr role="row">
<td role="cell" class="tb-lead" data-lead="<?cs var:_("Run") ?>"><a href="<?cs var:r.Href ?>"><?cs var:r.Id ?></a></td>
<?cs call:text_td(_("Channel"), r.Channel, "tb-nowrap") ?>
<?cs call:text_td(_("Kind"), r.Kind, "tb-nowrap") ?>
<?cs call:text_td(_("Started"), r.Started, "tb-nowrap") ?>
<?cs call:count_td(_("Took"), r.Took, "") ?>
<?cs call:count_td(_("Read"), r.Read, "") ?>
<?cs call:count_td(_("Added"), r.Added, "") ?>
<?cs call:count_td(_("Updated"), r.Updated, "") ?>
<?cs call:count_td(_("Unchanged"), r.Unchanged, "") ?>
<?cs call:count_td(_("Quarantined"), r.Quarantined, r.IsWarn) ?>
<td role="cell" class="tb-trail tb-result"><?cs call:badge(r.Badge, r.Result) ?><?cs
  if:string.length(r.NoteHref) && string.length(r.Note) ?><a class="tb-note" href="<?cs var:r.NoteHref ?>"><?cs var:r.Note ?></a><?cs
  else ?><?cs call:note(r.Note) ?><?cs /if ?></td>
</tr>
<?cs /def ?>

<?cs def:runs_table(runs) ?><?cs call:table_open(_("Run history"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row">
<?cs call:th(_("Run")) ?><?cs call:th(_("Channel")) ?><?cs call:th(_("Kind")) ?><?cs call:th(_("Started")) ?>
<?cs call:th_n(_("Took")) ?><?cs call:th_n(_("Read")) ?><?cs call:th_n(_("Added")) ?><?cs call:th_n(_("Updated")) ?>
<?cs call:th_n(_("Unchanged")) ?><?cs call:th_n(_("Quarantined")) ?><?cs call:th(_("Result")) ?>
</tr></thead>
<tbody role="rowgroup">
<?cs each:r = runs.Rows ?><?cs call:run_line(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<?cs def:runs_card(runs) ?><section class="tb-card" id="runs">
<div class="tb-card-head"><h2><?cs var:_("Run history") ?></h2><?cs
  if:subcount(runs.Rows) ?><span class="tb-card-note"><?cs
    var:_("read = added + updated + unchanged + quarantined") ?></span><?cs /if ?></div>
<?cs if:subcount(runs.Rows) ?><?cs call:runs_table(runs) ?><?cs
  else ?><p class="tb-body tb-soft"><?cs
    var:_("No runs here: the first one starts when a channel is activated.") ?></p><?cs /if ?>
<?cs if:string.length(runs.OlderHref) || string.length(runs.Note) ?><p class="tb-card-foot">
<?cs if:string.length(runs.OlderHref) ?><a href="<?cs var:runs.OlderHref ?>"><?cs var:_("Older runs") ?></a><?cs /if ?>
<span><?cs var:runs.Note ?></span>
</p><?cs /if ?>
</section><?cs /def ?>

<?cs def:quarantine_line(r) ?><tr role="row">
<td role="cell" class="tb-lead tb-nowrap"><a href="<?cs var:r.Href ?>"><?cs var:r.Record ?></a></td>
<?cs call:text_td(_("Channel"), r.Channel, "tb-nowrap") ?>
<td role="cell" class="tb-line"><?cs var:r.Reason ?></td>
<?cs call:text_td(_("First seen"), r.FirstSeen, "tb-nowrap") ?>
<?cs call:text_td(_("Tries"), r.Tries, "tb-n") ?>
<td role="cell" class="tb-line"><div class="tb-buttons tb-row-buttons">
<a class="btn tb-ghost" href="<?cs var:r.AnswerHref ?>"><?cs var:_("Answer") ?><span
  class="visually-hidden">: <?cs var:r.Record ?></span></a>
<?cs if:string.length(r.RetryPost) ?><form method="post" action="<?cs var:r.RetryPost ?>"><?cs
  call:csrf() ?><button class="btn"><?cs var:_("Retry") ?><span
  class="visually-hidden">: <?cs var:r.Record ?></span></button></form><?cs /if ?>
</div></td>
</tr>
<?cs /def ?>

<?cs def:quarantine_table(q) ?><?cs call:table_open(_("Quarantine"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row">
<?cs call:th(_("Record")) ?><?cs call:th(_("Channel")) ?><?cs call:th(_("Reason")) ?>
<?cs call:th(_("First seen")) ?><?cs call:th_n(_("Tries")) ?><?cs call:th_hidden(_("Actions")) ?>
</tr></thead>
<tbody role="rowgroup">
<?cs each:r = q.Rows ?><?cs call:quarantine_line(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
<p class="tb-card-foot">
<?cs if:string.length(q.MoreHref) ?><a href="<?cs var:q.MoreHref ?>"><?cs var:q.MoreLabel ?></a><?cs /if ?>
<span><?cs var:_("Nothing is dropped: a record stays here with its raw answer until it loads") ?></span>
</p><?cs /def ?>

<?cs def:quarantine_card(q) ?><section class="tb-card" id="quarantine">
<div class="tb-card-head"><h2><?cs var:_("Quarantine") ?></h2><span class="tb-soft"><?cs var:q.Count ?></span><?cs
  if:subcount(q.Retries) ?><div class="tb-buttons"><?cs call:actions(q.Retries) ?></div><?cs /if ?></div>
<?cs if:subcount(q.Rows) ?><?cs call:quarantine_table(q) ?><?cs
  else ?><p class="tb-body tb-soft"><?cs
    var:_("Nothing in quarantine: every record that was read is stored.") ?></p><?cs /if ?>
</section><?cs /def ?>
