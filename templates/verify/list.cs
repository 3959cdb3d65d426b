<?cs # Each channel's last statement of completeness. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:channel_line(r) ?><tr role="row">
<td role="cell" class="tb-lead"><a href="<?cs var:r.Href ?>"><?cs var:r.Name ?></a></td>
<td role="cell" class="tb-trail"><?cs call:badge(r.Badge, r.Verdict) ?></td>
<?cs call:text_td(_("Taken"), r.Taken, "tb-nowrap") ?>
<?cs call:text_td(_("Compared"), r.Way, "") ?>
<?cs call:text_td(_("Differences"), r.Differences, "tb-n") ?>
<?cs call:text_td(_("Not repaired"), r.Open, "tb-n") ?>
<?cs call:text_td(_("Nightly check"), r.Nightly, "tb-nowrap") ?>
</tr>
<?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Verify.Actions) ?>
<?cs call:flashes() ?>
<?cs if:subcount(Verify.Rows) ?><section class="tb-card">
<div class="tb-card-head"><h2><?cs var:_("Is everything here?") ?></h2></div>
<?cs call:table_open(_("Statements"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Channel")) ?><?cs call:th(_("Verdict")) ?><?cs
  call:th(_("Taken")) ?><?cs call:th(_("Compared")) ?><?cs call:th_n(_("Differences")) ?><?cs
  call:th_n(_("Not repaired")) ?><?cs call:th(_("Nightly check")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:r = Verify.Rows ?><?cs call:channel_line(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
<p class="tb-card-foot"><?cs var:_("A check compares the store's records with those here, id by id, and adds both up.") ?></p>
</section><?cs
else ?><section class="tb-card"><?cs call:empty(Verify.Empty) ?></section><?cs /if ?>
</main>
<?cs include!"parts/foot.cs" ?>
