<?cs # The frame: top bar below 992 px, and the side bar, which is the same drawer there. ?>

<?cs def:brand() ?><a class="tb-brand" href="<?cs var:Page.Base ?>/"><?cs
  call:icon("brand") ?><span>Tollbook</span></a><?cs /def ?>

<?cs def:menu_item(i) ?><li><a href="<?cs var:i.Href ?>"<?cs if:i.IsCurrent ?> aria-current="page"<?cs /if ?>><?cs
  call:icon(i.Icon) ?><span><?cs var:i.Label ?></span><?cs
  if:string.length(i.Count) ?><span class="tb-count"><?cs var:i.Count ?><span class="visually-hidden"> <?cs
    var:i.CountNote ?></span></span><?cs /if ?></a></li>
<?cs /def ?>

<?cs def:menu_group(g) ?><?cs if:string.length(g.Heading) ?><h2><?cs var:g.Heading ?></h2><?cs /if ?>
<ul>
<?cs each:i = g.Items ?><?cs call:menu_item(i) ?><?cs /each ?></ul>
<?cs /def ?>

<?cs def:menu_channel(c) ?><li><a class="tb-channel tb-<?cs var:c.Mark ?>" href="<?cs var:c.Href ?>"
  title="<?cs var:c.Title ?>"><span><?cs var:c.Name ?></span><span><?cs var:c.Note ?></span></a></li>
<?cs /def ?>

<?cs def:user_menu() ?><details class="tb-menu tb-user">
<summary><span class="tb-face" aria-hidden="true"><?cs var:Page.User.Initials ?></span><span><?cs
  var:Page.User.Name ?><small><?cs var:Page.User.Role ?></small></span></summary>
<div class="tb-pop tb-pop-up">
<a class="btn" href="<?cs var:Page.Base ?>/account"><?cs call:icon("account") ?><span><?cs var:_("My account") ?></span></a>
<?cs if:Page.HasKeys ?><button type="button" class="btn" popovertarget="keys"><?cs
  call:icon("keys") ?><span><?cs var:_("Keyboard shortcuts") ?></span></button><?cs /if ?>
<?cs if:string.length(Page.Help) ?><a class="btn" href="<?cs var:Page.Help ?>"><?cs
  call:icon("help") ?><span><?cs var:_("Help") ?></span></a><?cs /if ?>
<form method="post" action="<?cs var:Page.Base ?>/logout"><?cs call:csrf() ?><button class="btn"><?cs
  call:icon("logout") ?><span><?cs var:_("Sign out") ?></span></button></form>
</div>
</details><?cs /def ?>

<?cs def:key_list() ?><div class="tb-keys" id="keys" popover role="dialog" aria-label="<?cs var:_("Keyboard shortcuts") ?>">
<h2><?cs var:_("Keyboard shortcuts") ?></h2>
<dl>
<div><dt><kbd>/</kbd></dt><dd><?cs var:_("Search") ?></dd></div>
<div><dt><kbd>j</kbd> <kbd>k</kbd></dt><dd><?cs var:_("Next and previous row") ?></dd></div>
<div><dt><kbd>x</kbd></dt><dd><?cs var:_("Pick the row") ?></dd></div>
<div><dt><kbd><?cs var:_("Enter") ?></kbd></dt><dd><?cs var:_("Open the row") ?></dd></div>
<div><dt><kbd>[</kbd> <kbd>]</kbd></dt><dd><?cs var:_("Previous and next record or page") ?></dd></div>
<div><dt><kbd>?</kbd></dt><dd><?cs var:_("This list") ?></dd></div>
</dl>
<p class="tb-soft"><?cs var:_("They can be switched off in My account.") ?></p>
</div><?cs /def ?>

<header class="tb-frame">
<div class="tb-top">
<button type="button" class="tb-top-button" popovertarget="side" aria-label="<?cs var:_("Menu") ?>"><?cs
  call:icon("menu") ?></button>
<?cs call:brand() ?>
<a class="tb-top-button" href="<?cs var:Page.Base ?>/search" aria-label="<?cs var:_("Search") ?>"><?cs
  call:icon("search") ?></a>
<a class="tb-top-button" href="<?cs var:Page.Base ?>/sync" aria-label="<?cs var:_("Sync") ?>"><?cs
  call:icon("sync") ?></a>
</div>
<div class="tb-side" id="side" popover>
<?cs call:brand() ?>
<form class="tb-search" role="search" action="<?cs var:Page.Base ?>/search">
<?cs call:icon("search") ?><input class="form-control" id="search" type="search" name="q"
  value="<?cs var:Page.SearchText ?>" placeholder="<?cs var:_("Search") ?>"
  aria-label="<?cs var:_("Search all records") ?>" autocomplete="off"><?cs
  if:Page.HasKeys ?><kbd aria-hidden="true">/</kbd><?cs /if ?>
</form>
<nav class="tb-nav" aria-label="<?cs var:_("Main") ?>">
<?cs each:g = Page.Menu ?><?cs call:menu_group(g) ?><?cs /each ?></nav>
<?cs if:subcount(Page.Channels) ?><nav class="tb-channels" aria-label="<?cs var:_("Channels") ?>"><ul>
<?cs each:c = Page.Channels ?><?cs call:menu_channel(c) ?><?cs /each ?></ul></nav><?cs /if ?>
<?cs call:user_menu() ?>
</div>
<?cs if:Page.HasKeys ?><?cs call:key_list() ?><?cs /if ?>
</header>
