<!doctype html>
<html lang="<?cs var:Page.Lang ?>"<?cs
  if:Page.Theme == "light" || Page.Theme == "dark" ?> data-bs-theme="<?cs var:Page.Theme ?>"<?cs /if ?>>
<head>
<meta charset="utf-8">
<title><?cs var:Page.Title ?> · Tollbook</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<?cs # Nothing is run from attributes, nothing styled inline, and no page is kept in the browser's storage. ?>
<meta name="htmx-config" content='{"allowEval": false, "includeIndicatorStyles": false,
  "historyCacheSize": 0, "refreshOnHistoryMiss": true, "scrollIntoViewOnBoost": false}'>
<?cs if:string.length(Page.Refresh) ?><noscript><meta http-equiv="refresh" content="<?cs
  var:Page.Refresh ?>"></noscript><?cs /if ?>
<link rel="icon" href="<?cs var:Page.Assets ?>/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="<?cs var:Page.Assets ?>/tabler.min.css">
<link rel="stylesheet" href="<?cs var:Page.Assets ?>/tollbook.css">
<script src="<?cs var:Page.Assets ?>/htmx.min.js" defer></script>
<script src="<?cs var:Page.Assets ?>/tollbook.js" type="module"></script>
</head>
<body<?cs if:Page.HasKeys ?> data-keys="1"<?cs /if ?><?cs
  if:string.length(Page.Refresh) ?> data-refresh="<?cs var:Page.Refresh ?>"<?cs /if ?>>
<a class="tb-skip" href="#main"><?cs var:_("Skip to content") ?></a>
<?cs if:subcount(Page.User) ?><?cs include!"parts/menu.cs" ?><?cs /if ?>
