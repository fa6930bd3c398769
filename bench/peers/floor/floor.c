/*
 * floor: what the kernel itself costs. A minimal epoll loop per processor with
 * canned answers: it looks for the end of a head and at a few octets of the
 * path, and judges nothing. It is a yardstick for bench, not an HTTP server.
 *
 * usage: floor -addr 127.0.0.1:PORT   (port 0 asks for a free one)
 *
 * Routes as in the other peers. Those that sleep or compute do so on the loop:
 * they show what an event loop without a hand-off does. /ws echoes WebSocket
 * frames; its handshake knows the answer to the one nonce that bench sends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
	READ_SIZE = 128 << 10,
	SMALL = 8 << 10, /* octets of an echo that are worth a copy */
	OUT_SIZE = 64 << 10,
	FILL_SIZE = 1 << 20,
	MAX_EVENTS = 512,
	MAX_REQUEST = 64 << 20, /* bytes of one request kept for an echo */
	MAX_FDS = 1 << 16,
};

/* What an idle connection keeps: this, and nothing else. */
struct conn {
	int fd;
	short closing;  /* close when everything is out */
	short ws;       /* WebSocket: skip counts octets of the frame's payload, and
	                 * upload is its mask, turned to the next of them */
	char *in;       /* an incomplete request, or NULL */
	size_t in_len;
	char *out;      /* octets that the socket had no room for, or NULL */
	size_t out_len;
	uint64_t fill;  /* octets of body still to send from the fill buffer */
	uint64_t skip;  /* octets of an upload still to come */
	uint64_t upload; /* its whole size */
};

/* What a thread owns. */
struct loop {
	int ep;
	int listener;
	unsigned mixed;
	size_t out_len;
	char out[OUT_SIZE];
	char read[READ_SIZE];
};

static struct conn *conns[MAX_FDS];
static char fill[FILL_SIZE];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void drop(struct conn *c)
{
	conns[c->fd] = NULL;
	close(c->fd);
	free(c->in);
	free(c->out);
	free(c);
}

/* keep appends octets that could not be written to the connection. */
static void keep(struct conn *c, const char *b, size_t n)
{
	c->out = realloc(c->out, c->out_len + n);
	if (c->out == NULL)
		die("realloc");
	memcpy(c->out + c->out_len, b, n);
	c->out_len += n;
}

/* push writes the loop's output and the body from the fill buffer. 0: all is
 * out or an event will follow; -1: the connection is broken. */
static int push(struct loop *l, struct conn *c)
{
	for (;;) {
		struct iovec v[3];
		int k = 0;
		if (c->out_len > 0)
			v[k++] = (struct iovec){c->out, c->out_len};
		if (l->out_len > 0)
			v[k++] = (struct iovec){l->out, l->out_len};
		if (c->fill > 0)
			v[k++] = (struct iovec){fill, c->fill < FILL_SIZE ? c->fill : FILL_SIZE};
		if (k == 0)
			return 0;
		ssize_t n = k == 1 ? write(c->fd, v[0].iov_base, v[0].iov_len) : writev(c->fd, v, k);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			return -1;
		size_t left = n < 0 ? 0 : n, take;
		take = left < c->out_len ? left : c->out_len;
		left -= take;
		c->out_len -= take;
		if (c->out_len > 0)
			memmove(c->out, c->out + take, c->out_len);
		else if (c->out != NULL)
			free(c->out), c->out = NULL;
		take = left < l->out_len ? left : l->out_len;
		left -= take;
		if (take < l->out_len)
			keep(c, l->out + take, l->out_len - take);
		l->out_len = 0;
		c->fill -= left;
		if (n < 0)
			return 0;
	}
}

static void put(struct loop *l, struct conn *c, const char *b, size_t n)
{
	if (l->out_len + n > OUT_SIZE) {
		keep(c, l->out, l->out_len);
		l->out_len = 0;
		keep(c, b, n);
		return;
	}
	memcpy(l->out + l->out_len, b, n);
	l->out_len += n;
}

static const char upgraded[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	"Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

#define CANNED(type, len, body) \
	"HTTP/1.1 200 OK\r\nContent-Type: " type "\r\nContent-Length: " len "\r\n\r\n" body
static const char plaintext[] = CANNED("text/plain", "13", "Hello, World!");
static const char json[] = CANNED("application/json", "27", "{\"message\":\"Hello, World!\"}");

static void put_head(struct loop *l, struct conn *c, uint64_t n)
{
	char head[128];
	int k = snprintf(head, sizeof head,
		"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %llu\r\n\r\n",
		(unsigned long long)n);
	put(l, c, head, k);
}

static void spin(long ms)
{
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	do
		clock_gettime(CLOCK_MONOTONIC, &b);
	while ((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000 < ms);
}

/* reply sends n octets of an echo. Large ones leave from where they lie. */
static int reply(struct loop *l, struct conn *c, const char *b, size_t n)
{
	if (n <= SMALL) {
		put(l, c, b, n);
		return 0;
	}
	if (push(l, c) < 0)
		return -1;
	while (c->out_len == 0 && n > 0) {
		ssize_t k = write(c->fd, b, n);
		if (k < 0 && errno == EAGAIN)
			break;
		if (k < 0 && errno != EINTR)
			return -1;
		if (k > 0)
			b += k, n -= k;
	}
	if (n > 0)
		keep(c, b, n);
	return 0;
}

/* unmask undoes the masking of n octets and returns the mask for those that
 * follow. */
static uint32_t unmask(char *b, size_t n, uint32_t mask)
{
	uint64_t wide = (uint64_t)mask << 32 | mask, v;
	size_t i = 0;
	for (; i + 8 <= n; i += 8) {
		memcpy(&v, b + i, 8);
		v ^= wide;
		memcpy(b + i, &v, 8);
	}
	for (; i < n; i++) {
		b[i] ^= mask;
		mask = mask >> 8 | mask << 24;
	}
	return mask;
}

/* echo unmasks frames where they are and sends them back. Returns the octets
 * that it used: all but an incomplete head. -1: the connection is broken. */
static ssize_t echo(struct loop *l, struct conn *c, char *b, size_t n)
{
	char *from = b;
	for (size_t head, left = n; left > 0; left = n - (b - from)) {
		char *out = b;
		if (c->skip == 0) {
			unsigned char *h = (unsigned char *)b;
			if (left < 2)
				break;
			head = 6 + (h[1] == 0xfe ? 2 : h[1] == 0xff ? 8 : 0);
			if (left < head)
				break;
			c->skip = h[1] & 0x7f;
			if (head > 6)
				c->skip = 0;
			for (size_t i = 2; i < head - 4; i++)
				c->skip = c->skip << 8 | h[i];
			uint32_t mask;
			memcpy(&mask, b + head - 4, 4);
			c->upload = mask;
			out = b + 4; /* the head loses its mask */
			memmove(out, b, head - 4);
			out[1] &= 0x7f;
			b += head;
			left -= head;
		}
		size_t k = c->skip < left ? c->skip : left;
		c->upload = unmask(b, k, c->upload);
		c->skip -= k;
		b += k;
		if (reply(l, c, out, b - out) < 0)
			return -1;
	}
	return b - from;
}

static int is(const char *path, const char *want) { return memcmp(path, want, strlen(want)) == 0; }

/* get answers a GET; path begins with its slash. */
static void get(struct loop *l, struct conn *c, const char *path)
{
	if (is(path, "/json")) {
		put(l, c, json, sizeof json - 1);
		return;
	}
	if (is(path, "/ws")) {
		c->ws = 1;
		put(l, c, upgraded, sizeof upgraded - 1);
		return;
	}
	if (is(path, "/bytes/")) {
		c->fill = strtoull(path + 7, NULL, 10);
		put_head(l, c, c->fill);
		return;
	}
	if (is(path, "/sleep/"))
		usleep(atol(path + 7) * 1000);
	else if (is(path, "/spin/"))
		spin(atol(path + 6));
	else if (is(path, "/mixed") && ++l->mixed % 100 == 0)
		usleep(50000);
	put(l, c, plaintext, sizeof plaintext - 1);
}

static void uploaded(struct loop *l, struct conn *c)
{
	char body[32];
	int k = snprintf(body, sizeof body, "%llu", (unsigned long long)c->upload);
	put_head(l, c, k);
	put(l, c, body, k);
}

/* one answers the request at the start of b. Returns the octets it used, or 0
 * if it is not complete. */
static size_t one(struct loop *l, struct conn *c, const char *b, size_t n)
{
	const char *end = memmem(b, n, "\r\n\r\n", 4);
	if (end == NULL)
		return 0;
	size_t head = end + 4 - b;
	if (b[0] != 'P') {
		c->closing = memcmp(end - 5, "close", 5) == 0;
		get(l, c, b + 4);
		return head;
	}
	const char *at = memmem(b, head, "Content-Length: ", 16);
	uint64_t len = at == NULL ? 0 : strtoull(at + 16, NULL, 10);
	if (is(b + 5, "/upload")) {
		uint64_t here = n - head < len ? n - head : len;
		c->upload = len;
		c->skip = len - here;
		if (c->skip == 0)
			uploaded(l, c);
		return head + here;
	}
	if (n - head < len)
		return 0;
	put_head(l, c, len);
	put(l, c, b + head, len);
	return head + len;
}

/* answer answers all requests that are complete in b. Returns the octets it
 * used. */
static size_t answer(struct loop *l, struct conn *c, char *b, size_t n)
{
	size_t used = 0;
	while (used < n && c->fill == 0) {
		if (c->ws) {
			ssize_t k = echo(l, c, b + used, n - used);
			if (k < 0)
				c->closing = 1, k = n - used;
			return used + k;
		}
		if (c->skip > 0) {
			size_t k = c->skip < n - used ? c->skip : n - used;
			used += k;
			c->skip -= k;
			if (c->skip == 0)
				uploaded(l, c);
			continue;
		}
		size_t k = one(l, c, b + used, n - used);
		if (k == 0)
			break;
		used += k;
	}
	return used;
}

/* got acts on n fresh octets in the read buffer. -1: drop the connection. */
static int got(struct loop *l, struct conn *c, size_t n)
{
	if (c->in == NULL) {
		size_t used = answer(l, c, l->read, n);
		if (used < n) {
			c->in_len = n - used;
			if ((c->in = malloc(c->in_len)) == NULL)
				die("malloc");
			memcpy(c->in, l->read + used, c->in_len);
		}
	} else {
		if (c->in_len + n > MAX_REQUEST || (c->in = realloc(c->in, c->in_len + n)) == NULL)
			return -1;
		memcpy(c->in + c->in_len, l->read, n);
		c->in_len += n;
		size_t used = answer(l, c, c->in, c->in_len);
		c->in_len -= used;
		memmove(c->in, c->in + used, c->in_len);
		if (c->in_len == 0)
			free(c->in), c->in = NULL;
	}
	return push(l, c);
}

static void event(struct loop *l, struct conn *c, uint32_t flags)
{
	if (flags & EPOLLOUT && (c->out_len > 0 || c->fill > 0) && push(l, c) < 0) {
		drop(c);
		return;
	}
	if (flags & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
		for (;;) {
			ssize_t n = read(c->fd, l->read, READ_SIZE);
			if (n < 0 && errno == EAGAIN)
				break;
			if (n <= 0 || got(l, c, n) < 0) {
				drop(c);
				return;
			}
			if (n < READ_SIZE && !(flags & EPOLLRDHUP))
				break;
		}
	}
	if (c->closing && c->out_len == 0 && c->fill == 0)
		drop(c);
}

static void take(struct loop *l)
{
	for (;;) {
		int fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			return;
		struct conn *c;
		if (fd >= MAX_FDS || (c = calloc(1, sizeof *c)) == NULL) {
			close(fd);
			continue;
		}
		int on = 1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		c->fd = fd;
		conns[fd] = c;
		struct epoll_event ev = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fd};
		epoll_ctl(l->ep, EPOLL_CTL_ADD, fd, &ev);
	}
}

static void *run(void *arg)
{
	struct loop *l = arg;
	static __thread struct epoll_event events[MAX_EVENTS];
	for (;;) {
		int n = epoll_wait(l->ep, events, MAX_EVENTS, -1);
		for (int i = 0; i < n; i++) {
			int fd = events[i].data.fd;
			if (fd == l->listener)
				take(l);
			else if (conns[fd] != NULL)
				event(l, conns[fd], events[i].events);
		}
	}
	return NULL;
}

static int listen_at(struct sockaddr_in *a)
{
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	socklen_t n = sizeof *a;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
	if (fd < 0 || bind(fd, (struct sockaddr *)a, n) < 0 || listen(fd, 4096) < 0)
		die("listen");
	getsockname(fd, (struct sockaddr *)a, &n);
	return fd;
}

int main(int argc, char **argv)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const char *colon = argc == 3 && strcmp(argv[1], "-addr") == 0 ? strrchr(argv[2], ':') : NULL;
	if (colon == NULL) {
		fprintf(stderr, "usage: floor -addr 127.0.0.1:PORT\n");
		return 2;
	}
	a.sin_port = htons(atoi(colon + 1));
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	signal(SIGPIPE, SIG_IGN);
	memset(fill, 'x', sizeof fill);
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	for (long i = 0; i < threads; i++) {
		struct loop *l = calloc(1, sizeof *l);
		pthread_t t;
		if (l == NULL || (l->ep = epoll_create1(EPOLL_CLOEXEC)) < 0)
			die("epoll_create1");
		l->listener = listen_at(&a);
		struct epoll_event ev = {.events = EPOLLIN, .data.fd = l->listener};
		epoll_ctl(l->ep, EPOLL_CTL_ADD, l->listener, &ev);
		if (pthread_create(&t, NULL, run, l) != 0)
			die("pthread_create");
	}
	printf("listening on 127.0.0.1:%d\n", ntohs(a.sin_port));
	fflush(stdout);
	for (;;)
		pause();
}
