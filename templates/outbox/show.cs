<?cs # One change for the store, field by field; in a conflict with a choice for each. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/record.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:plain_value(text) ?><?cs if:string.length(text) ?><span class="tb-lines"><?cs var:text ?></span><?cs
  else ?><?cs call:no_value() ?><?cs /if ?><?cs /def ?>

<?cs # label: of the field and the side, for those who hear the page. ?>
<?cs def:choice(name, value, text, label, side, is_chosen) ?><label class="tb-check"><input
  class="form-check-input" type="radio" name="<?cs var:name ?>" value="<?cs var:value ?>" required<?cs
  if:is_chosen ?> checked<?cs /if ?>><span><span class="visually-hidden"><?cs var:label ?>, <?cs
  var:side ?>: </span><?cs call:plain_value(text) ?></span></label><?cs /def ?>

<?cs def:store_td(r) ?><td role="cell" data-label="<?cs var:_("Store") ?>"><?cs
  if:r.IsConflict ?><?cs call:choice(r.Name, "store", r.Store, r.Label, _("store"), r.IsStore) ?><?cs
  elif:r.IsChanged ?><b><?cs call:plain_value(r.Store) ?></b><?cs
  else ?><?cs call:plain_value(r.Store) ?><?cs /if ?></td><?cs /def ?>

<?cs def:here_td(r) ?><td role="cell" data-label="<?cs var:_("Here") ?>"><?cs
  if:r.IsConflict ?><?cs call:choice(r.Name, "here", r.Here, r.Label, _("here"), r.IsHere) ?><?cs
  else ?><?cs call:plain_value(r.Here) ?><?cs /if ?></td><?cs /def ?>

<?cs def:result_td(r) ?><td role="cell" data-label="<?cs var:_("Result") ?>"><?cs
  if:string.length(r.Awaits) ?><span class="tb-soft"><?cs var:r.Awaits ?></span><?cs
  else ?><?cs call:plain_value(r.Result) ?><?cs /if ?><?cs call:note(r.Rule) ?></td><?cs /def ?>

<?cs def:push_row(p, r) ?><tr role="row">
<td role="cell" class="tb-lead"><b><?cs var:r.Label ?></b></td>
<?cs if:!p.IsNew ?><td role="cell" data-label="<?cs var:_("Before") ?>"><?cs call:plain_value(r.Before) ?></td>
<?cs call:store_td(r) ?><?cs /if ?>
<?cs call:here_td(r) ?>
<?cs call:result_td(r) ?>
<td role="cell" class="tb-trail"><?cs if:string.length(r.EditHref) ?><a class="btn tb-ghost" href="<?cs
  var:r.EditHref ?>"><?cs var:_("Edit") ?><span class="visually-hidden">: <?cs var:r.Label ?></span></a><?cs /if ?></td>
</tr>
<?cs /def ?>

<?cs # When that side was looked at, or changed. ?>
<?cs def:side_th(label, at) ?><th role="columnheader" scope="col"><?cs var:label ?><?cs call:note(at) ?></th><?cs /def ?>

<?cs def:push_heads(p) ?><tr role="row"><?cs call:th(_("Field")) ?><?cs
  if:!p.IsNew ?><?cs call:th(_("Before")) ?><?cs
    call:side_th(_("Store"), p.StoreAt) ?><?cs /if ?><?cs call:side_th(_("Here"), p.HereAt) ?><?cs
  call:th(_("Result")) ?><?cs call:th_hidden(_("Actions")) ?></tr><?cs /def ?>

<?cs def:push_table(p) ?><?cs call:table_open(_("Fields"), "tb-flow tb-push") ?>
<thead role="rowgroup"><?cs call:push_heads(p) ?></thead>
<tbody role="rowgroup">
<?cs each:r = p.Rows ?><?cs call:push_row(p, r) ?><?cs /each ?></tbody>
<?cs call:table_close() ?><?cs /def ?>

<?cs def:fields_card(p) ?><section class="tb-card" id="fields">
<div class="tb-card-head"><h2><?cs var:_("Fields") ?></h2><span class="tb-soft"><?cs var:p.Count ?></span></div>
<?cs if:p.IsConflict ?><form method="post" action="<?cs var:p.Choose ?>"><?cs call:csrf() ?><?cs call:seen(p.Seen) ?>
<?cs call:push_table(p) ?>
<div class="tb-form-foot"><span class="tb-hint"><?cs
  var:_("Nothing is pushed until you choose. The other value stays in the history.") ?></span><div class="tb-buttons"><button
  class="btn btn-primary"><?cs var:_("Keep chosen values") ?></button></div></div>
</form><?cs else ?><?cs call:push_table(p) ?><?cs /if ?>
</section><?cs /def ?>

<?cs def:comment_card(p) ?><section class="tb-card" id="comment">
<div class="tb-card-head"><h2><?cs var:_("Comment") ?></h2><span class="tb-card-note"><?cs var:p.CommentNote ?></span></div>
<p class="tb-body tb-quote"><?cs var:p.Comment ?></p>
</section><?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs call:notices(Record.Notices) ?>
<div class="tb-record">
<div class="tb-parts">
<?cs if:subcount(Push.Rows) ?><?cs call:fields_card(Push) ?><?cs /if ?>
<?cs if:string.length(Push.Comment) ?><?cs call:comment_card(Push) ?><?cs /if ?>
<?cs call:parts(Record.Parts) ?></div>
<div class="tb-aside"><?cs call:parts(Record.Aside) ?></div>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
