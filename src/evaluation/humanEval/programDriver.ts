/** What the driver writes instead of the secret where a program took too long. */
export const stoppedWord = "stopped";

/**
 * What the python3 process runs, with the limits as JSON behind it: reads a secret line and a program from its input,
 * takes away from itself what no solution needs, runs the program, and writes the secret to file descriptor 3 when that
 * has come to its end. Nobody minds what else the program prints or returns.
 *
 * Audit hooks can't be removed again, and hear of everything that Python's own modules do; modules that could
 * do the same unheard are refused.
 */
export const programDriver = String.raw`
import json, os, posix, resource, signal, sys

def main():
    limits = json.loads(sys.argv[1])
    secret, _, program = sys.stdin.buffer.read().partition(b"\n")
    code = compile(program, "<program>", "exec")
    for name, value in (
        ("RLIMIT_AS", limits["memoryBytes"]),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NOFILE", 32),
    ):
        resource.setrlimit(getattr(resource, name), (value, value))
    def stop(*_):
        os.write(3, b"${stoppedWord}")
        os._exit(1)
    signal.signal(signal.SIGXCPU, stop)
    seconds = limits["cpuSeconds"]
    # Who takes the signal away, or is in one long call, is killed.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for name in ("mkfifo", "mknod", "memfd_create"):
        for module in (os, posix):
            if hasattr(module, name):
                delattr(module, name)
    modules = ("_ctypes", "_posixsubprocess", "_socket", "resource")
    for name in modules:
        sys.modules.pop(name, None)
    changes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    refused = (
        "ctypes.", "os.chflags", "os.chmod", "os.chown", "os.exec", "os.fork", "os.kill", "os.link",
        "os.lockf", "os.mkdir", "os.posix_spawn", "os.remove", "os.removexattr", "os.rename", "os.rmdir",
        "os.setxattr", "os.spawn", "os.startfile", "os.symlink", "os.system", "os.truncate", "os.utime",
        "pty.", "shutil.", "signal.pthread_kill", "socket.", "subprocess.", "syslog.",
    )
    def hook(event, args):
        if event == "open":
            bad = isinstance(args[2], int) and args[2] & changes != 0
        elif event == "import":
            bad = args[0] in modules
        else:
            bad = event.startswith(refused)
        if bad:
            raise PermissionError(event)
    sys.addaudithook(hook)
    exec(code, {"__name__": "__main__"})
    os.write(3, secret)

main()
`;
