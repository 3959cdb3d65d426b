<?cs # Every error page. It needs no user and no database: Page.User may be missing. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:error_title() ?><?cs
  if:Error.Kind == "newer" ?><?cs var:_("The database is newer than this program") ?><?cs
  elif:Error.Kind == "busy" ?><?cs var:_("Busy: the database did not answer in time") ?><?cs
  elif:Error.Kind == "full" ?><?cs var:_("The disk of the server is full") ?><?cs
  elif:Error.Kind == "files" ?><?cs var:_("Tollbook cannot use its files") ?><?cs
  elif:Error.Kind == "csrf" ?><?cs var:_("Not done: this page was open for too long") ?><?cs
  elif:Error.Code == "400" ?><?cs var:_("The request was not understood") ?><?cs
  elif:Error.Code == "403" ?><?cs var:_("Your role does not include this") ?><?cs
  elif:Error.Code == "404" ?><?cs var:_("There is nothing at this address") ?><?cs
  elif:Error.Code == "405" ?><?cs var:_("This address cannot be used that way") ?><?cs
  elif:Error.Code == "413" ?><?cs var:_("Too large: more was sent than this page takes") ?><?cs
  elif:Error.Code == "429" ?><?cs var:_("Too many at once") ?><?cs
  elif:Error.Code == "503" ?><?cs var:_("Not available at the moment") ?><?cs
  else ?><?cs var:_("Something went wrong here") ?><?cs /if ?><?cs /def ?>

<?cs def:error_advice() ?><?cs
  if:Error.Kind == "newer" ?><?cs var:_("It was upgraded by a later version. Install that version, or restore the backup made before the upgrade. Nothing was changed.") ?><?cs
  elif:Error.Kind == "busy" ?><?cs var:_("Nothing was changed. Try again in a few seconds.") ?><?cs
  elif:Error.Kind == "full" || Error.Kind == "files" ?><?cs var:_("Nothing was changed. It does not go away by itself: tell your administrator.") ?><?cs
  elif:Error.Kind == "csrf" ?><?cs var:_("Nothing was changed. Go back, reload the page and send it again.") ?><?cs
  elif:Error.Code == "400" ?><?cs var:_("The address or the form holds a value that does not belong there. Go back and try again.") ?><?cs
  elif:Error.Code == "403" ?><?cs var:_("An administrator can change your role under Users.") ?><?cs
  elif:Error.Code == "404" ?><?cs var:_("The record may have been removed, or the address was not copied in full. The search finds records by number, name and email.") ?><?cs
  elif:Error.Code == "405" ?><?cs var:_("Go back and use the button on the page.") ?><?cs
  elif:Error.Code == "413" ?><?cs var:_("Nothing was changed. Send less at once.") ?><?cs
  elif:Error.Code == "429" ?><?cs var:_("Nothing was changed. Try again in a few minutes.") ?><?cs
  elif:Error.Code == "503" ?><?cs var:_("Try again in a few minutes. If it stays, tell your administrator.") ?><?cs
  else ?><?cs var:_("Nothing more was changed. It is in the log under the number below: tell your administrator.") ?><?cs /if ?><?cs /def ?>

<main class="<?cs if:subcount(Page.User) ?>tb-main tb-page<?cs else ?>tb-alone tb-alone-wide<?cs /if ?>" id="main" tabindex="-1">
<?cs if:subcount(Page.User) == #0 ?><p class="tb-brand"><?cs call:icon("brand") ?><span>Tollbook</span></p><?cs /if ?>
<section class="tb-card tb-body tb-form tb-error-page">
<h1><?cs call:error_title() ?></h1>
<?cs if:string.length(Error.Text) ?><p><?cs var:Error.Text ?></p><?cs /if ?>
<p class="tb-soft"><?cs call:error_advice() ?></p>
<?cs if:string.length(Error.Href) ?><div class="tb-buttons"><a class="btn" href="<?cs var:Error.Href ?>"><?cs call:icon("back") ?><span><?cs var:_("Go back") ?></span></a></div><?cs /if ?>
<p class="tb-hint"><?cs var:_("Error") ?> <?cs var:Error.Code ?><?cs if:string.length(Page.RequestId) ?> · <?cs var:_("request") ?> <code><?cs var:Page.RequestId ?></code><?cs /if ?></p>
</section>
</main>
<?cs include!"parts/foot.cs" ?>
