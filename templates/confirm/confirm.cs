<?cs # Confirmation of what cannot be taken back: what goes, what stays, with counts. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/form.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:way(w) ?><li><span><?cs var:w.Text ?></span><?cs
  if:string.length(w.Count) ?><b><?cs var:w.Count ?></b><?cs /if ?></li>
<?cs /def ?>

<?cs def:ways(title, list) ?><?cs if:subcount(list) ?><div><h2><?cs var:title ?></h2>
<ul class="tb-ways"><?cs each:w = list ?><?cs call:way(w) ?><?cs /each ?></ul></div><?cs /if ?><?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Confirm) ?>
<?cs call:flashes() ?>
<div class="tb-forms">
<form class="tb-card" method="post" action="<?cs var:Confirm.Action ?>">
<?cs call:csrf() ?><?cs call:hidden(Confirm.Fields) ?>
<div class="tb-body tb-form">
<?cs if:string.length(Confirm.Text) ?><p><?cs var:Confirm.Text ?></p><?cs /if ?>
<div class="tb-cols"><?cs call:ways(_("Goes"), Confirm.Goes) ?><?cs call:ways(_("Stays"), Confirm.Stays) ?></div>
<?cs if:string.length(Confirm.Type.Name) ?><?cs
  call:text_field(Confirm.Type, Confirm.Type.Name, "", "text", "off") ?><?cs /if ?>
</div>
<div class="tb-form-foot"><div class="tb-buttons"><a class="btn tb-ghost" href="<?cs var:Confirm.CancelHref ?>"><?cs
  var:_("Go back") ?></a><button class="btn btn-primary<?cs if:Confirm.IsDanger ?> tb-danger<?cs /if ?>"><?cs
  var:Confirm.Label ?></button></div></div>
</form>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
