<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/run.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:message(m) ?><tr role="row">
<td role="cell" class="tb-lead tb-nowrap"><?cs var:m.At ?></td>
<td role="cell" class="tb-trail"><?cs call:badge(m.Badge, m.Level) ?></td>
<td role="cell" class="tb-line"><?cs var:m.Text ?><?cs
  if:string.length(m.Detail) ?><span class="tb-note"><code><?cs var:m.Detail ?></code></span><?cs /if ?></td>
</tr>
<?cs /def ?>

<?cs def:messages(list) ?><?cs call:table_open(_("Messages"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("At")) ?><?cs call:th(_("Kind")) ?><?cs call:th(_("Message")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:m = list ?><?cs call:message(m) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<main class="tb-main" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs call:notices(Record.Notices) ?>
<?cs call:run_card(Run) ?>
<section class="tb-card" id="messages">
<div class="tb-card-head"><h2><?cs var:_("Messages") ?></h2><span class="tb-soft"><?cs var:Run.MessageCount ?></span></div>
<?cs if:subcount(Run.Messages) ?><?cs call:messages(Run.Messages) ?><?cs
  else ?><p class="tb-body tb-soft"><?cs var:_("No messages: the run had nothing to report.") ?></p><?cs /if ?>
<?cs if:string.length(Run.Older.Href) ?><p class="tb-card-foot"><a href="<?cs var:Run.Older.Href ?>" rel="next"><?cs
  var:_("Older messages") ?></a></p><?cs /if ?>
</section>
</main>
<?cs include!"parts/foot.cs" ?>
