<?cs # Which side wins, field by field, where both changed it. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:rule_row(f) ?><li><label for="<?cs var:f.Name ?>"><?cs var:f.Label ?></label>
<select class="form-select" id="<?cs var:f.Name ?>" name="<?cs var:f.Name ?>"><?cs
  each:o = f.Options ?><option value="<?cs var:o.Value ?>"<?cs if:o.IsSelected ?> selected<?cs /if ?>><?cs
  var:o.Label ?></option><?cs /each ?></select></li>
<?cs /def ?>

<?cs def:rules_card(e) ?><section class="tb-card">
<div class="tb-card-head"><h2><?cs var:e.Title ?></h2><?cs
  if:string.length(e.Note) ?><span class="tb-card-note"><?cs var:e.Note ?></span><?cs /if ?></div>
<ul class="tb-rules">
<?cs each:f = e.Fields ?><?cs call:rule_row(f) ?><?cs /each ?></ul>
</section>
<?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Form.Actions) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<p class="tb-soft"><?cs
  var:_("A rule decides only where the store and somebody here changed the same field. What one side alone changed is kept without asking.") ?></p>
<?cs if:Form.IsOff ?><div class="tb-notice tb-mute"><?cs call:icon("info") ?><div class="tb-notice-text"><?cs
  var:_("Two-way sync is off in this channel: the rules hold once it is switched on.") ?></div></div><?cs /if ?>
<form class="tb-stack" method="post" action="<?cs var:Form.Action ?>">
<?cs call:csrf() ?>
<?cs each:e = Form.Entities ?><?cs call:rules_card(e) ?><?cs /each ?>
<section class="tb-card"><?cs call:form_foot(Form, _("Save rules")) ?></section>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
