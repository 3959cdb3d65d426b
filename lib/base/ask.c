/* See ask.h. */
#include "base/ask.h"

#include "base/mem.h"
#include "base/secret.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define SECRET_MAX 4096

static bool read_line(FILE *in, char line[SECRET_MAX])
{
    bool good = fgets(line, SECRET_MAX, in) != NULL;

    line[good ? strcspn(line, "\r\n") : 0] = '\0';
    return good;
}

enum tb_status tb_ask_file(struct tb_arena *a, const char *file, char **secret, struct tb_err *err)
{
    char line[SECRET_MAX];
    FILE *in = fopen(file, "re");

    if (!in) {
        return tb_err_set(err, TB_E_INPUT, "File not read: %s: %s: correct the name", file,
                          strerror(errno));
    }
    setvbuf(in, NULL, _IONBF, 0); /* no second copy of it in memory */
    read_line(in, line);
    fclose(in);
    if (line[0] == '\0') {
        return tb_err_set(err, TB_E_INPUT,
                          "File not used: the first line of %s is empty: write the secret there",
                          file);
    }
    *secret = tb_arena_strdup(a, line);
    tb_secret_wipe(line, sizeof line);
    return TB_OK;
}

/* Signals wait meanwhile, so that the terminal is not left without echo. */
static bool read_hidden(const char *prompt, char line[SECRET_MAX])
{
    struct termios shown;
    struct termios hidden;
    sigset_t all;
    sigset_t before;
    bool good;

    if (tcgetattr(STDIN_FILENO, &shown) != 0) {
        return false;
    }
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    fputs(prompt, stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    good = read_line(stdin, line);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}

enum tb_status tb_ask_password(struct tb_arena *a, char **password, struct tb_err *err)
{
    char first[SECRET_MAX] = "";
    char second[SECRET_MAX] = "";
    enum tb_status status = TB_OK;

    if (!isatty(STDIN_FILENO)) {
        return tb_err_set(err, TB_E_INPUT,
                          "No password: there is no terminal to ask on: use --password-file FILE");
    }
    if (!read_hidden("Password: ", first) || !read_hidden("Again: ", second)) {
        status = tb_err_set(err, TB_E_INPUT, "No password: nothing was typed");
    } else if (strcmp(first, second) != 0) {
        status = tb_err_set(err, TB_E_INPUT,
                            "Password not set: the two differ: type the same one twice");
    } else {
        *password = tb_arena_strdup(a, first);
    }
    tb_secret_wipe(first, sizeof first);
    tb_secret_wipe(second, sizeof second);
    return status;
}
