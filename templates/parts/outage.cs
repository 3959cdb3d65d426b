<?cs # Macros of outages: lines of the list, and the card of a channel. ?>

<?cs def:outage_line(r) ?><tr role="row">
<td role="cell" class="tb-lead tb-nowrap"><a href="<?cs var:r.Href ?>"><?cs var:r.Channel ?></a></td>
<?cs call:text_td(_("Since"), r.Began, "tb-nowrap") ?>
<?cs call:text_td(_("For"), r.Lasted, "tb-n") ?>
<?cs call:text_td(_("Failed runs"), r.Runs, "tb-n") ?>
<td role="cell" class="tb-line"><?cs var:r.Error ?></td>
<?cs call:text_td(_("Stale since"), r.StaleSince, "tb-nowrap") ?>
<td role="cell" data-label="<?cs var:_("Mail sent") ?>"<?cs call:if_none(r.Noticed) ?>><?cs
  if:string.length(r.Noticed) ?><?cs var:r.Noticed ?><?cs else ?><?cs call:no_value() ?><?cs /if ?><?cs
  call:note(r.NoticeNote) ?></td>
<?cs call:text_td(_("Caught up"), r.CaughtUp, "tb-nowrap") ?>
<td role="cell" class="tb-trail"><?cs call:badge(r.Badge, r.State) ?></td>
</tr>
<?cs /def ?>

<?cs def:outage_table(rows) ?><?cs call:table_open(_("Outages"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row">
<?cs call:th(_("Channel")) ?><?cs call:th(_("Since")) ?><?cs call:th_n(_("For")) ?><?cs call:th_n(_("Failed runs")) ?>
<?cs call:th(_("Cause")) ?><?cs call:th(_("Stale since")) ?><?cs call:th(_("Mail sent")) ?>
<?cs call:th(_("Caught up")) ?><?cs call:th(_("State")) ?>
</tr></thead>
<tbody role="rowgroup">
<?cs each:r = rows ?><?cs call:outage_line(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<?cs def:outage_short(r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Began ?></b><?cs call:note(r.Error) ?></td>
<?cs call:text_td(_("For"), r.Lasted, "tb-n") ?>
<td role="cell" class="tb-trail"><?cs call:badge(r.Badge, r.State) ?></td>
</tr>
<?cs /def ?>

<?cs def:outage_list(rows) ?><?cs call:table_open(_("Outages"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Since")) ?><?cs call:th_n(_("For")) ?><?cs call:th(_("State")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = rows ?><?cs call:outage_short(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<?cs # Of one channel, beside its entities: little room. ?>
<?cs def:outages_card(o) ?><?cs if:subcount(o.Rows) ?><section class="tb-card" id="outages">
<div class="tb-card-head"><h2><?cs var:o.Title ?></h2></div>
<?cs call:outage_list(o.Rows) ?>
<p class="tb-card-foot"><a href="<?cs var:o.AllHref ?>"><?cs var:_("Outages of all channels") ?></a></p>
</section><?cs /if ?><?cs /def ?>
