# SPDX-License-Identifier: MIT
"""What `bootlet gdb` adds to gdb: commands that begin with "bootlet-", see
`help bootlet-attach` and so on. It is all read from vmlinux and from the guest's
memory; the kernel needs no patch, and init may be anybody's. For gdb 10 and later, kernels 5.10 and later, x86_64."""

import contextlib
import os
import re

import gdb

FAULTS = gdb.error, OSError, ValueError     # ValueError: names, too
said = set()

def say(text):
    # What is no text is shown, where strict gdb would refuse it.
    text = text.encode("utf-8", "backslashreplace").decode()
    gdb.write("bootlet: %s\n" % text, gdb.STDERR)

def say_once(text):
    if text not in said:
        said.add(text)
        say(text)

@contextlib.contextmanager
def setting(name, value):
    """A setting of gdb's, for a while."""
    words = {True: "on", False: "off", None: "auto"}
    before = words[gdb.parameter(name)]
    gdb.execute("set %s %s" % (name, value))
    try:
        yield
    finally:
        gdb.execute("set %s %s" % (name, before))

# --- the guest: is a kernel there, and is it vmlinux? -------------------------
def address_of(symbol):
    """Address of a symbol of vmlinux, or None."""
    try:
        return int(gdb.parse_and_eval("(unsigned long)&%s" % symbol))
    except gdb.error:
        return None

def register(name):
    """A register's value, or None. $cr0 is a set of flags, no number."""
    try:
        # Unlike print, output leaves the user's $1, $2 ... alone.
        return int(gdb.execute("output/x $%s" % name, to_string=True), 16)
    except (gdb.error, ValueError):
        return None

def memory(address, size):
    """Bytes of the guest, or None where nothing is mapped."""
    try:
        return bytes(gdb.selected_inferior().read_memory(address, size))
    except gdb.error:
        return None

def string(address, limit):
    """A string of the guest, to its NUL; it may end where its page does."""
    there = memory(address, min(limit, 4096 - address % 4096)) or b""
    if b"\0" not in there and len(there) < limit:
        there += memory(address + len(there), limit - len(there)) or b""
    return there.partition(b"\0")[0].decode("ascii", "replace")

def early():
    """Whether the guest is in its firmware or in the kernel's unpacking."""
    cr0, cs, pc = register("cr0"), register("cs"), register("rip")
    if cr0 is not None and not cr0 & 1 << 31:
        return True
    return not (cs or 0) & 3 and pc is not None and pc < 1 << 63

def guest_state():
    """Compares the notes of vmlinux, the build id among them: "same", "early",
    "hidden" (from the program that runs), "other", "moved"."""
    start, stop = address_of("__start_notes"), address_of("__stop_notes")
    if early():
        return "early"
    if start is None or stop is None or start >= stop:
        return "same"
    there = memory(start, stop - start)
    with setting("trust-readonly-sections", "on"):
        if there == memory(start, stop - start):    # the file's
            return "same"
    if (register("cs") or 0) & 3 and there is None:
        return "hidden"
    return "moved" if there is None else "other"

TROUBLE = {
    "other": "is not the kernel that runs: build and boot the same tree",
    "moved": "lies elsewhere in the guest: boot it with nokaslr, or without "
             "CONFIG_RANDOMIZE_BASE; or another kernel runs",
}

# --- modules ------------------------------------------------------------------
# The guest may have been broken into, and what it says becomes gdb's commands:
# a name is one word, a list has an end.
MODULE, SECTION = r"[A-Za-z0-9_-]{1,127}", r"[!-~]{1,255}"
MODULES, SECTIONS = 10000, 1000

def quoted(word):
    return re.sub(r"([^A-Za-z0-9_/.,+=:@%-])", r"\\\1", word)

def raw(path):
    return path.encode("utf-8", "surrogateescape")

def content(path):
    """What is in a file. Names need not be UTF-8, nor be the locale UTF-8's."""
    with open(raw(path), "rb") as f:
        return f.read().decode("utf-8", "surrogateescape")

def canonical(path):
    """drivers/foo-bar.ko (or .o, as modules.order has it since 6.2): foo_bar"""
    return re.sub(r"\.(ko|o)$", "", os.path.basename(path)).replace("-", "_")

def sections(module):
    """Names and addresses of a struct module's sections."""
    names = module.type.keys()
    attrs = module["sect_attrs"] if "sect_attrs" in names else 0
    if int(attrs):
        # A NULL ends the list; the address has moved in 6.14.
        array, i = attrs["grp"]["bin_attrs"], 0
        old = "nsections" in attrs.dereference().type.keys()
        while i < SECTIONS and int(array[i]):
            name = string(int(array[i]["attr"]["name"]), 256)
            if re.fullmatch(SECTION, name):
                yield name, int(attrs["attrs"][i]["address"]
                                if old else array[i]["private"])
            i += 1
        if i == SECTIONS:
            say_once("a module with more than %d sections: the rest is left "
                     "out" % i)
    elif "core_layout" in names:
        yield ".text", int(module["core_layout"]["base"])
        yield ".init.text", int(module["init_layout"]["base"])
    else:
        for kind, name in ("TEXT", ".text"), ("INIT_TEXT", ".init.text"):
            where = int(gdb.parse_and_eval("(int)MOD_" + kind))
            yield name, int(module["mem"][where]["base"])

LIVE, UNFORMED = 0, 3    # enum module_state of include/linux/module.h

class Modules:
    """Symbols of the guest's modules: which gdb has, and where from."""

    def __init__(self):
        self.loaded = {}        # name: the add-symbol-file line
        self.known = {}         # address of a struct module: what it was like
        self.top = None         # directory with modules.order
        self.paths = {}         # name: path of the .ko

    def find(self, name):
        if name not in self.paths and self.top:
            order = os.path.join(self.top, "modules.order")
            for path in re.sub(r"\.o$", ".ko", content(order), flags=re.M).split():
                self.paths[canonical(path)] = os.path.join(self.top, path)
        return self.paths.get(name)

    def add(self, name, line):
        if self.loaded.get(name) == line:
            return
        if re.search(r"[\0-\x1f\x7f]", line):
            raise ValueError("%s: control characters in a name" % name)
        self.drop(name)
        gdb.execute(line, to_string=True)
        self.loaded[name] = line

    def drop(self, name):
        line = self.loaded.pop(name, None)
        if line is None:
            return
        address = re.search(r"(?<!\\) (0x[0-9a-f]+)", line).group(1)
        gdb.execute("remove-symbol-file -a " + address, to_string=True)

    def take(self, module):
        """Symbols of a struct module in the guest."""
        name = string(int(module["name"].address), 128)
        if not re.fullmatch(MODULE, name):
            raise ValueError("no name of a module: %r" % name)
        name = canonical(name)
        path = self.find(name)
        if not path or not os.path.exists(raw(path)):
            say_once("%s: no symbols: its .ko is not in %s" % (
                name, self.top or "any tree"))
            return name
        # These two are in memory, but no sections to gdb; and what only its
        # start needed the kernel frees after that.
        live = int(module["state"]) == LIVE
        where = dict((n, a) for n, a in sections(module)
                     if a and n not in (".symtab", ".strtab") and
                     not (live and n.startswith(".init")))
        # What is not, gdb would take to lie at 0.
        for section in ".modinfo", "__versions", ".data..percpu":
            where.setdefault(section, 0xdead << 48)
        text = where.pop(".text", None)
        line = quoted(path) + (" 0x%x" % text if text else "")
        self.add(name, "add-symbol-file " + line + "".join(
            " -s %s 0x%x" % (quoted(s), a) for s, a in where.items()))
        return name

    def look(self, pointer):
        """A struct module that may be known, and may be another by now."""
        module = pointer.dereference()
        module.fetch_lazy()     # in one piece
        kind, state = module.type.keys(), int(module["state"])
        base = int(module["core_layout"]["base"] if "core_layout" in kind
                   else module["mem"][0]["base"])
        name, *before = self.known.get(int(pointer), (None,))
        if before != [base, state] and state != UNFORMED:
            try:
                name = self.take(module)
            except FAULTS as e:
                say("a module has no symbols: %s" % e)
        self.known[int(pointer)] = name, base, state

    def walk(self):
        """The kernel's list: what has come, and what is gone."""
        kind, head = gdb.lookup_type("struct module"), address_of("modules")
        node = gdb.parse_and_eval("modules")["next"] if head else None
        there = set()
        for _ in range(MODULES if head else 0):
            if int(node) == head:
                break
            at = int(node) - kind["list"].bitpos // 8
            there.add(at)
            self.look(gdb.Value(at).cast(kind.pointer()))
            node = node["next"]
        else:
            if head:
                say_once("more than %d modules: the rest is left out" % MODULES)
        gone = [self.known.pop(at)[0] for at in set(self.known) - there]
        names = [known[0] for known in self.known.values()]
        for name in gone:
            if name not in names:
                self.drop(name)

modules = Modules()

class Loading(gdb.Breakpoint):
    """On do_init_module(struct module *), before its prologue: a module is in
    place, nothing of it has run, and the argument is in its register."""

    def __init__(self, address):
        super().__init__("*0x%x" % address, internal=True)
        self.silent = True

    def stop(self):
        try:
            kind = gdb.lookup_type("struct module").pointer()
            modules.look(gdb.Value(register("rdi")).cast(kind))
        except FAULTS as e:
            say("a module is loaded, but its symbols are not: %s" % e)
        return False

# --- what happens when --------------------------------------------------------
class Session:
    loading = None      # the internal breakpoint
    checked = False     # the guest is what vmlinux is, or it was said
    kvm = runs = over = batch = False
    def update(self):
        """Look at the guest, which stands still."""
        state = guest_state()
        if not self.checked and state in TROUBLE:
            say("%s: %s" % (gdb.objfiles()[0].filename, TROUBLE[state]))
        self.checked = self.checked or state == "same" or state in TROUBLE
        # A breakpoint in memory that is not there yet is nothing to QEMU's
        # TCG; KVM has to write it.
        where = address_of("do_init_module")
        if not self.loading and where and (state == "same" or not self.kvm):
            self.loading = Loading(where)
        try:
            if state == "same":
                modules.walk()
        except FAULTS as e:
            say("symbols of modules: %s" % e)
        return state

    def on_event(self, event):
        if isinstance(event, gdb.StopEvent):
            self.update()
        # Leaving a guest that stands still ends in an ExitedEvent, too.
        elif isinstance(event, gdb.ExitedEvent) and (
                self.runs or hasattr(event, "exit_code")):
            self.over = True
            say("the guest has ended")
        self.runs = isinstance(event, gdb.ContinueEvent)

session = Session()

# --- stacks -------------------------------------------------------------------
class Stack:
    """Frames up to the kernel's entry. It is assembly without unwind tables
    that gdb could read: behind it are a program's registers, not callers."""
    name, priority, enabled = "bootlet", 100, True

    def filter(self, frames):
        entry = False
        for frame in frames:
            inferior = frame.inferior_frame()
            if entry and inferior.function() is None:
                return
            table = inferior.find_sal().symtab
            entry = table is not None and re.search(
                r"/entry/[^/]*\.S$|/asm/idtentry\.h$", table.filename)
            yield frame

# --- commands -----------------------------------------------------------------
def attach(argument):
    """bootlet-attach [batch]: compare the guest that gdb is connected to with vmlinux,
and keep the symbols of its modules right from now on."""
    session.batch = argument == "batch"
    try:
        said = gdb.execute("monitor info kvm", to_string=True)
        session.kvm = "support: enabled" in said
    except gdb.error:
        pass
    state = session.update()
    if state in TROUBLE:
        gdb.execute("detach", to_string=True)
        gdb.execute("quit 1")
    for registry in gdb.events.stop, gdb.events.cont, gdb.events.exited:
        registry.connect(session.on_event)
    if state == "hidden":
        say("a program runs, from which the kernel hides its memory; symbols "
            "of modules come at the next stop in the kernel")
    if state == "early":
        say('the guest is before its kernel; "continue" lets it run')

def modules_from(argument):
    """bootlet-modules DIR: where modules.order is, to find .ko files."""
    if gdb.parameter("host-charset") == "ISO-8859-1":   # any bytes
        argument = argument.encode("latin-1").decode("utf-8",
                                                     "surrogateescape")
    modules.top = argument

def break_at(argument):
    """bootlet-break LOCATION: break LOCATION, or hbreak LOCATION where the
kernel is not in memory yet. What vmlinux lacks waits for a module."""
    state = guest_state()
    if state == "early" and session.kvm:
        # KVM has four breakpoints for memory that is not there yet. One of
        # them, for a moment; then they are ordinary ones.
        gdb.execute("thbreak start_kernel", to_string=True)
        gdb.execute("continue", to_string=True)
        state = session.update()
    # gdb looks at a function's first instructions: those of the file.
    with setting("trust-readonly-sections", "on"):
        try:
            with setting("breakpoint pending", "off"):
                gdb.execute("%s %s" % (
                    "break" if state == "same" else "hbreak", argument))
        except gdb.error as e:
            wait_for(argument, str(e).splitlines()[0])

def wait_for(location, why):
    """A breakpoint that gdb has not taken: in no vmlinux, or no location."""
    if re.search(r'^(Function ".*" not defined|No source file named)', why):
        try:
            with setting("breakpoint pending", "on"):
                gdb.execute("break " + location, to_string=True)
            say("%s: nothing in vmlinux; waits for a module that has it"
                % location)
            return
        except gdb.error as e:
            why = str(e)
    say("%s: cannot stop there: %s" % (location, why))
    if session.batch:
        gdb.execute("quit 1")

def source(argument):
    """bootlet-source FILE: take commands from FILE, for --batch. The guest may
end by the last of them; any other error ends gdb with 1."""
    try:
        gdb.execute("source " + argument)
    except gdb.error as e:
        at = re.findall(r":([0-9]+): Error in sourced command file", str(e))
        with open(argument, errors="replace") as f:
            rest = f.read().splitlines()[int(at[0]) if at else 0:]
        if session.over and len(at) == 1 and not any(
                line.split("#")[0].strip() for line in rest):
            return
        gdb.write("%s\n" % e, gdb.STDERR)
        gdb.execute("quit 1")

class Command(gdb.Command):
    def __init__(self, function):
        self.__doc__ = function.__doc__
        self.invoke = lambda argument, from_tty: function(argument)
        super().__init__(function.__doc__.split()[0].strip(":"),
                         gdb.COMMAND_USER)

gdb.frame_filters[Stack.name] = Stack()
if "TMUX" in os.environ:        # which has a history, and small panes
    gdb.execute("set pagination off")
for command in attach, modules_from, break_at, source:
    Command(command)
