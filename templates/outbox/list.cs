<?cs # The outbox: tabs, the channel, and a line for each change. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/record.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:channel_choice(o) ?><form class="tb-tab-form" action="<?cs var:o.Action ?>">
<input type="hidden" name="show" value="<?cs var:o.Show ?>">
<select class="form-select" name="channel" aria-label="<?cs var:_("Channel") ?>"><?cs
  each:c = o.Channel.Options ?><option value="<?cs var:c.Value ?>"<?cs if:c.IsSelected ?> selected<?cs /if ?>><?cs
  var:c.Label ?></option><?cs /each ?></select>
<button class="btn"><?cs var:_("Show") ?></button>
</form><?cs /def ?>

<?cs def:outbox_line(r) ?><tr role="row">
<td role="cell" class="tb-lead"><a href="<?cs var:r.Href ?>"><?cs var:r.Record ?></a></td>
<td role="cell" data-label="<?cs var:_("Change") ?>"><?cs var:r.Op ?><?cs call:note(r.What) ?></td>
<td role="cell" class="tb-line"><?cs call:badge(r.Badge, r.State) ?><?cs call:note(r.Note) ?></td>
<?cs call:text_td(_("Channel"), r.Channel, "") ?>
<?cs call:text_td(_("By"), r.By, "") ?>
<?cs call:text_td(_("At"), r.At, "tb-nowrap") ?>
</tr>
<?cs /def ?>

<?cs def:outbox_table(o) ?><?cs call:table_open(_("Changes for the stores"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row">
<?cs call:th(_("Record")) ?><?cs call:th(_("Change")) ?><?cs call:th(_("State")) ?><?cs call:th(_("Channel")) ?>
<?cs call:th(_("By")) ?><?cs if:o.IsEnded ?><?cs call:th(_("Ended")) ?><?cs else ?><?cs call:th(_("Changed")) ?><?cs /if ?>
</tr></thead>
<tbody role="rowgroup">
<?cs each:r = o.Rows ?><?cs call:outbox_line(r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<main class="tb-main" id="main" tabindex="-1">
<?cs call:plain_head("", Page.Actions) ?>
<?cs call:flashes() ?>
<section class="tb-card" id="outbox">
<div class="tb-tab-row"><nav class="tb-tabs" aria-label="<?cs var:_("Views") ?>"><?cs
  each:t = Outbox.Tabs ?><?cs call:part_tab(t) ?><?cs /each ?></nav>
<?cs if:subcount(Outbox.Channel) ?><?cs call:channel_choice(Outbox) ?><?cs /if ?></div>
<?cs if:subcount(Outbox.Rows) ?><?cs call:outbox_table(Outbox) ?><?cs else ?><?cs call:empty(Outbox.Empty) ?><?cs /if ?>
<?cs if:string.length(Outbox.OlderHref) ?><p class="tb-card-foot"><a href="<?cs var:Outbox.OlderHref ?>"><?cs
  var:_("Older changes") ?></a></p><?cs /if ?>
</section>
</main>
<?cs include!"parts/foot.cs" ?>
