<?cs include!"parts/macros.cs" ?>
<?cs include!"parts/head.cs" ?>

<?cs def:user_row(u) ?><tr role="row">
<td role="cell" class="tb-lead"><a href="<?cs var:u.Href ?>"><?cs var:u.Name ?></a><?cs
  if:u.IsSelf ?> <span class="tb-tag"><?cs var:_("you") ?></span><?cs /if ?></td>
<?cs call:text_td(_("Full name"), u.FullName, "") ?>
<?cs call:text_td(_("Email"), u.Email, "") ?>
<?cs call:text_td(_("Role"), u.Role, "tb-nowrap") ?>
<td role="cell" class="tb-trail"><?cs call:badge(u.Badge, u.State) ?></td>
<?cs call:text_td(_("Last seen"), u.LastSeen, "tb-nowrap") ?>
</tr>
<?cs /def ?>

<main class="tb-main tb-page" id="main" tabindex="-1">
<?cs call:plain_head("", Users.Actions) ?>
<?cs call:flashes() ?>
<section class="tb-card">
<?cs call:table_open(_("Users"), "tb-flow") ?>
<thead role="rowgroup"><tr role="row"><?cs call:th(_("Name")) ?><?cs call:th(_("Full name")) ?><?cs
  call:th(_("Email")) ?><?cs call:th(_("Role")) ?><?cs call:th(_("State")) ?><?cs call:th(_("Last seen")) ?></tr></thead>
<tbody role="rowgroup">
<?cs each:u = Users.Rows ?><?cs call:user_row(u) ?><?cs /each ?></tbody>
<?cs call:table_close() ?>
</section>
</main>
<?cs include!"parts/foot.cs" ?>
