// Package pool runs functions on a bounded number of goroutines.
//
// It is for work that must not run on an event loop, and of which only so much
// may run at once: cryptographic handshakes, compression, calls to a service
// that dislikes crowds. Request handlers do not run here, or one that waits for
// another could wait for ever: package reactor gives each its own goroutine.
//
//	p := pool.New(pool.Config{Workers: 4})
//	if err := p.Start(); err != nil {
//		return err
//	}
//	defer p.Stop(context.Background())
//
//	job, err := p.Submit(ctx, func(ctx context.Context) error {
//		return compress(ctx, file) // looks at ctx now and then
//	})
//	if err != nil {
//		return err // too many are waiting, or the pool is not running
//	}
//	err = job.Wait(ctx)
//
// A function is cancelled through its context: by the context it was submitted
// with, by [Job.Cancel], or by [Pool.Stop]. One that has not started yet then
// never does; one that runs is told, and decides itself when to return. Nothing
// is ever killed.
//
// A panic, or runtime.Goexit, ends the function only. Who submitted it learns
// of it by its error.
//
// The package needs nothing but the standard library, and package reactor does
// not need it.
package pool
