<?cs if:subcount(Page.User) ?><p class="visually-hidden" id="say" aria-live="polite"></p><?cs /if ?>
</body>
</html>
