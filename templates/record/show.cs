<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/record.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs call:notices(Record.Notices) ?>
<?cs call:strip(Record.Strip) ?>
<?cs call:section_links(Record) ?>
<div class="tb-record">
<div class="tb-parts"><?cs call:parts(Record.Parts) ?></div>
<div class="tb-aside"><?cs call:parts(Record.Aside) ?></div>
</div>
</main>
<?cs include!"parts/foot.cs" ?>
