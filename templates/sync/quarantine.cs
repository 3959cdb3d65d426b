<?cs # One quarantined record: why it was refused, and what the store answered, word for word. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/record.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs call:notices(Record.Notices) ?>
<div class="tb-record">
<div class="tb-parts"><section class="tb-card" id="answer">
<div class="tb-card-head"><h2><?cs var:_("Answer of the store") ?></h2><span class="tb-soft"><?cs var:Answer.Size ?></span><?cs
  if:string.length(Answer.DownloadHref) ?><div class="tb-buttons"><a class="btn" href="<?cs var:Answer.DownloadHref ?>"><?cs
    call:icon("export") ?><span><?cs var:_("Download") ?></span></a></div><?cs /if ?></div>
<?cs if:string.length(Answer.Note) ?><p class="tb-body tb-soft"><?cs var:Answer.Note ?></p><?cs /if ?>
<?cs if:string.length(Answer.Text) ?><pre class="tb-answer" tabindex="0" role="region"
  aria-label="<?cs var:_("Answer of the store") ?>"><?cs var:Answer.Text ?></pre><?cs /if ?>
</section><?cs call:parts(Record.Parts) ?></div>
<div class="tb-aside"><?cs call:parts(Record.Aside) ?></div>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
