// Package reactor is event loops for network servers: sockets, connections,
// deadlines, and user code that may block without stopping the loop it runs on.
// It knows no protocol.
//
// # Loops and ownership
//
// A [Group] has some [Loop]s, usually as many as there are processors. A [Conn]
// belongs to one loop from accept to close. A loop is driven by one goroutine at
// any moment, its driver; everything of the loop and of its connections is
// touched by the driver alone, so there is no lock on the way of a request. That
// is what "loop only" means in this package: callbacks of a [Handler], Task.Done
// and functions given to Loop.Post run there, one at a time, and may use every
// Conn of the loop. They must not block. All else reaches a loop through
// [Loop.Post].
//
// What a callback reads from [Conn.Input] lies in a buffer that is used again.
// It is valid until the callback returns; what outlives it is copied.
//
// # One iteration
//
// A loop does, in this order:
//
//  1. wait for events, or for work from elsewhere, or for the next deadline;
//  2. read the clock, once: [Loop.Now] stands still for the iteration;
//  3. for each event: call back the handler, run the tasks that it scheduled,
//     send what all that has written to the connection in one write;
//     for up to 16 events at a time all reads come first and all writes last,
//     unless a task keeps the loop;
//  4. the same for connections that had more to read or to write than one turn
//     allows, so that a busy one does not starve the others;
//  5. call Done of the tasks that have come back from elsewhere;
//  6. run what was posted, up to a bound;
//  7. call OnDeadline where a deadline has passed (exact to about 70 ms, never
//     early);
//  8. close what was marked for closing. Nothing is closed before, so that the
//     number of a descriptor is not used again while old events name it.
//
// Events are edge-triggered; a connection is registered once in its life. An
// event carries the generation of the connection's place, so that it finds
// nobody when its connection is gone.
//
// # Tasks
//
// User code runs as a [Task]. [Loop.Schedule] queues it, and the driver runs it
// right after the callback that scheduled it, with nothing of a protocol on the
// stack. A task that returns quickly has cost no goroutine, no channel and no
// lock. One that does not is left behind: the loop is handed to another
// goroutine and goes on, and the task keeps the goroutine that it has. It never
// notices. When it returns, its Done is called on the loop, after the event that
// brings it home.
//
// So a task may sleep, wait for a lock or a database, and compute. In exchange
// Run uses only what the task owns, what does not change, and what is made for
// any goroutine; never its Conn or Loop, as it cannot know whether it still runs
// there. Results are applied in Done. While a task is away its connection gets
// events like any other, and a protocol that must keep an order remembers that it
// is busy. The connection may even be closed by then; Done asks Conn.Closed.
//
// [Loop.ScheduleAway] is for work that is known to block: it never holds the loop.
// Goroutines take such tasks from a queue of the loop, each as many as it finds,
// and while there is one in the queue another goroutine is on its way to it. So
// tasks that block after all wait for nobody, and the others share a goroutine.
//
// # The hand-off
//
// A word in the loop holds zero, or the ticket of the task that the driver is
// running. The driver stores the ticket, runs the task, and takes the ticket back
// by compare-and-swap. Whoever takes it first owns the loop: if that is not the
// driver, a new driver is started, and the old one touches nothing of the loop
// any more. There are two who try:
//
//   - the watcher, which looks at all loops about once a millisecond and
//     moves those on that are in the same task at two looks (when all loops wait
//     it parks, until one of them runs a task);
//   - the task itself, or anybody to whom it has given its [Hold], by
//     [Hold.Release], when it is about to wait.
//
// A new driver first saves the unread input of the connection whose event it
// interrupts, then finishes that event and goes on in the middle of the
// iteration: all lists of an iteration belong to the loop, not to a stack.
//
// A task that panics or calls runtime.Goexit ends alone: Done gets the error.
// Goroutine labels are taken off after each task. A goroutine that a task has
// left locked to its thread is not used for other work, if the task was moved or
// took long; else this is looked at every 64 tasks, since to look costs as much as
// a small task does.
//
// # Backpressure and bounds
//
// Output above Config.HighWater stops reading from its connection until it has
// fallen to LowWater. What a handler does not consume is kept, and grows with
// every read: a protocol bounds it by closing, or by [Conn.PauseReading].
//
// # Tests
//
// The operating system and the watcher's clock are injected below the loop
// ([Config]). Package reactortest has scripted ones.
package reactor
