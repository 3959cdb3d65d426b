<?cs # A statement: store against Tollbook, by records, sums and ids, then what differs. ?>
<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/record.cs" ?>
<?cs include!"parts/run.cs" ?>
<?cs include!"parts/verify.cs" ?>
<?cs include!"parts/head.cs" ?>
<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:page_head(Record) ?>
<?cs call:flashes() ?>
<?cs if:subcount(Run) ?><?cs call:run_card(Run) ?><?cs /if ?>
<?cs call:notices(Record.Notices) ?>
<?cs if:subcount(Verify.Lines) ?><?cs call:statement_card(Verify) ?><?cs
  elif:!subcount(Run) ?><?cs call:never_card() ?><?cs /if ?>
<?cs if:subcount(Verify.Findings.Rows) ?><?cs call:findings_card(Verify.Findings) ?><?cs /if ?>
<?cs if:subcount(Verify.Uneven) ?><?cs call:uneven_card(Verify.Uneven) ?><?cs /if ?>
<?cs if:subcount(Verify.Sums) ?><?cs call:sums_card(Verify.Sums) ?><?cs /if ?>
<?cs if:subcount(Verify.Circles) ?><?cs call:circles_card(Verify.Circles) ?><?cs /if ?>
</main>
<?cs include!"parts/foot.cs" ?>
