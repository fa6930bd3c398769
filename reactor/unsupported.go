//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package reactor

import _ "embed"

// There is no such file, and so the build ends here, with one line that says
// why, instead of a page about all that such a system lacks.
//
//go:embed this_system_has_neither_epoll_nor_kqueue__reactor_needs_linux_macos_or_a_bsd
var unsupported string
