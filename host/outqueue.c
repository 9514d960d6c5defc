// SPDX-License-Identifier: MIT
#include "outqueue.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "str.h"

/* One that is filled, one that is written, and some for who is in front. */
#define SLOTS 4

struct slot {
	char *p;
	size_t n;
};

struct outqueue {
	pthread_t thread;
	pthread_mutex_t lock;
	/* filled: something to write, or the end; written: a slot is free */
	pthread_cond_t filled, written;
	struct slot slot[SLOTS];
	/* next: to be filled; full: how many before it are not written yet */
	size_t next, full;
	int fd, err;
	bool end;
};

static void *work(void *arg)
{
	struct outqueue *q = arg;

	pthread_mutex_lock(&q->lock);
	for (;;) {
		struct slot *s;
		int err = q->err;

		while (!q->full && !q->end)
			pthread_cond_wait(&q->filled, &q->lock);
		if (!q->full)
			break;
		s = &q->slot[(q->next + SLOTS - q->full) % SLOTS];
		pthread_mutex_unlock(&q->lock);
		/* After an error they are only taken. */
		if (!err)
			err = write_fd(q->fd, s->p, s->n);
		pthread_mutex_lock(&q->lock);
		q->err = err;
		q->full--;
		pthread_cond_signal(&q->written);
	}
	pthread_mutex_unlock(&q->lock);
	return NULL;
}

static bool one_processor(void)
{
	cpu_set_t set;

	return !sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) < 2;
}

/* Signals are the main thread's; but those that write(2) itself raises do what
 * they do without a thread. */
static int start_thread(struct outqueue *q)
{
	sigset_t all, old;
	int err;

	sigfillset(&all);
	sigdelset(&all, SIGPIPE);
	sigdelset(&all, SIGXFSZ);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&q->thread, NULL, work, q);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

static void free_all(struct outqueue *q)
{
	for (size_t i = 0; i < SLOTS; i++)
		free(q->slot[i].p);
	pthread_cond_destroy(&q->filled);
	pthread_cond_destroy(&q->written);
	pthread_mutex_destroy(&q->lock);
	free(q);
}

struct outqueue *outqueue_start(int fd, size_t size)
{
	struct outqueue *q;

	if (one_processor())
		return NULL;
	q = xrealloc(NULL, sizeof(*q));
	*q = (struct outqueue){
		.lock = PTHREAD_MUTEX_INITIALIZER,
		.filled = PTHREAD_COND_INITIALIZER,
		.written = PTHREAD_COND_INITIALIZER,
		.fd = fd,
	};
	for (size_t i = 0; i < SLOTS; i++)
		q->slot[i].p = xrealloc(NULL, size);
	if (start_thread(q)) {
		free_all(q);
		return NULL;
	}
	return q;
}

char *outqueue_buffer(struct outqueue *q)
{
	return q->slot[q->next].p;
}

/* Until at most @full are not written. */
static int wait_until(struct outqueue *q, size_t full)
{
	while (q->full > full)
		pthread_cond_wait(&q->written, &q->lock);
	return q->err;
}

int outqueue_put(struct outqueue *q, size_t n)
{
	int err;

	pthread_mutex_lock(&q->lock);
	q->slot[q->next].n = n;
	q->next = (q->next + 1) % SLOTS;
	q->full++;
	pthread_cond_signal(&q->filled);
	err = wait_until(q, SLOTS - 1);
	pthread_mutex_unlock(&q->lock);
	return err;
}

int outqueue_wait(struct outqueue *q)
{
	int err;

	pthread_mutex_lock(&q->lock);
	err = wait_until(q, 0);
	pthread_mutex_unlock(&q->lock);
	return err;
}

int outqueue_end(struct outqueue *q)
{
	int err;

	if (!q)
		return 0;
	pthread_mutex_lock(&q->lock);
	q->end = true;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
	pthread_join(q->thread, NULL);
	err = q->err;
	free_all(q);
	return err;
}
