<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/run.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:channel_row(r) ?><tr role="row">
<td role="cell" class="tb-lead"><a href="<?cs var:r.Href ?>"><?cs var:r.Name ?></a><?cs call:note(r.Note) ?></td>
<?cs call:text_td(_("Kind"), r.Type, "tb-nowrap") ?>
<td role="cell" class="tb-trail"><?cs call:badge(r.Badge, r.State) ?></td>
<td role="cell"<?cs call:if_none(r.Check.Text) ?>><?cs
  if:subcount(r.Check) ?><?cs call:badge(r.Check.Badge, r.Check.Text) ?><?cs
  else ?><?cs call:no_value() ?><?cs /if ?></td>
<?cs call:text_td(_("Entities"), r.Entities, "tb-nowrap") ?>
<?cs call:text_td(_("Records"), r.Records, "tb-n") ?>
<?cs call:count_td(_("Quarantined"), r.Quarantined, r.IsWarn) ?>
<?cs call:text_td(_("Last good run"), r.LastRead, "tb-nowrap") ?>
<?cs call:text_td(_("Next run"), r.Next, "tb-nowrap") ?>
</tr>
<?cs /def ?>

<?cs def:channel_table(rows) ?><?cs call:table_open(_("Channels of this installation"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row">
<?cs call:th(_("Channel")) ?><?cs call:th(_("Kind")) ?><?cs call:th(_("State")) ?><?cs call:th(_("Connection")) ?>
<?cs call:th(_("Entities")) ?><?cs call:th_n(_("Records")) ?><?cs call:th_n(_("Quarantined")) ?>
<?cs call:th(_("Last good run")) ?><?cs call:th(_("Next run")) ?>
</tr></thead>
<tbody role="rowgroup">
<?cs each:r = rows ?><?cs call:channel_row(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<main class="tb-main" id="main" tabindex="-1">
<?cs call:plain_head("", Channels.Actions) ?>
<?cs call:flashes() ?>
<section class="tb-card">
<?cs if:subcount(Channels.Rows) ?><?cs call:channel_table(Channels.Rows) ?><?cs
  else ?><?cs call:empty(Channels.Empty) ?><?cs /if ?>
</section>
</main>
<?cs include!"parts/foot.cs" ?>
