package command

import "runtime"

// processorsPerLoop is how many of Go's processors (Ps) there are for each
// event loop.
//
// A handler that computes holds the P it runs on until Go preempts it, which
// is in slices of 10 ms. With as many Ps as loops, a few such handlers take
// them all, and the loops wait in Go's queues for their next slice. With more
// Ps than cores the loops and the handlers are threads that the kernel
// schedules, which it does in much finer slices. Four a loop kept the tail of
// quick requests beside four computing handlers at 8 ms where one a loop
// made it 75 ms; requests that are all quick pay a few per cent for it.
const processorsPerLoop = 4

// setProcessors settles the number of loops and gives Go enough Ps for them.
// Zero loops means as many as Go would use Ps by itself (it heeds the CPU
// limit of a container), but no more than there are CPUs. A GOMAXPROCS in the
// environment is the user's word, which is not overridden.
func setProcessors(loops int, lookupEnv func(string) (string, bool)) int {
	if loops == 0 {
		loops = min(runtime.GOMAXPROCS(0), runtime.NumCPU())
	}
	if value, _ := lookupEnv("GOMAXPROCS"); value == "" {
		runtime.GOMAXPROCS(loops * processorsPerLoop)
	}
	return loops
}
