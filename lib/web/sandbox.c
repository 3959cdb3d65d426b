/* See sandbox.h. Both mechanisms are asked for at run time through their system calls, so the
 * program needs no library for them and builds with any headers that know the numbers. */
#include "web/sandbox.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_RIGHTS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                               \
    (READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG |                   \
     LANDLOCK_ACCESS_FS_REMOVE_FILE)
/* Everything that the first version of Landlock can forbid: what is not granted below is denied. */
#define ALL_RIGHTS                                                                                 \
    (WRITE_RIGHTS | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                   \
     LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SOCK |   \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

static void grant(int ruleset, const char *folder, __u64 rights)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = rights};
    int fd = open(folder, O_PATH | O_CLOEXEC);

    if (fd < 0) {
        return;
    }
    rule.parent_fd = fd;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) {
        tb_log(TB_LOG_WARN, "web", "sandbox: folder not granted errno=%d", errno);
    }
    close(fd);
}

static void restrict_files(const char *const writable[], const char *const readable[])
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = ALL_RIGHTS};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);

    if (ruleset < 0) {
        tb_log(TB_LOG_INFO, "web", "sandbox: this kernel has no Landlock");
        return;
    }
    for (; *writable != NULL; writable++) {
        grant(ruleset, *writable, WRITE_RIGHTS);
    }
    for (; *readable != NULL; readable++) {
        grant(ruleset, *readable, READ_RIGHTS);
    }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        tb_log(TB_LOG_WARN, "web", "sandbox: Landlock refused errno=%d", errno);
    }
    close(ruleset);
}

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#endif

#ifdef OUR_ARCH
static const unsigned denied[] = {
    SYS_execve,
    SYS_execveat,
    SYS_clone,
    SYS_clone3,
    SYS_socket,
    SYS_connect,
    SYS_bind,
    SYS_listen,
    SYS_io_uring_setup,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_memfd_create,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_kexec_load,
    SYS_reboot,
    SYS_init_module,
    SYS_finit_module,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
};
#define DENIED (sizeof denied / sizeof denied[0])
#define X32_CALLS 0x40000000u /* the same calls under other numbers */

/* A deny list: a library that takes to a new harmless call goes on working. */
static void restrict_calls(void)
{
    struct sock_filter code[DENIED + 7];
    struct sock_fprog program = {.filter = code};
    unsigned short n = 0;

    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OUR_ARCH, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, DENIED + 1, 0);
    for (size_t i = 0; i < DENIED; i++) {
        /* From here to the refusal at the end: over the tests that are left and the permission. */
        unsigned char over = (unsigned char)(DENIED - i);
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, denied[i], over, 0);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    program.len = n;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        tb_log(TB_LOG_INFO, "web", "sandbox: this kernel has no seccomp filter errno=%d", errno);
    }
}
#else
static void restrict_calls(void)
{
    tb_log(TB_LOG_INFO, "web", "sandbox: no filter of system calls for this machine");
}
#endif

void tb_sandbox_enter(const char *const writable[], const char *const readable[])
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        tb_log(TB_LOG_WARN, "web", "sandbox: privileges cannot be given up errno=%d", errno);
        return;
    }
    restrict_files(writable, readable);
    restrict_calls();
}
