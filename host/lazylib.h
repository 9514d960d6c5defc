/* SPDX-License-Identifier: MIT */
/*
 * Libraries that are loaded when they are first needed. libarchive brings a
 * dozen others along, which takes the loader 2 ms: more than all else that a
 * run costs before QEMU starts, and most runs do not need it.
 */
#ifndef BOOTLET_LAZYLIB_H
#define BOOTLET_LAZYLIB_H

/** struct lazylib - a library; @name: as dlopen(3) takes it */
struct lazylib {
	const char *name;
	void *handle;
};

/**
 * lazylib_symbol() - find a function, load its library first where that is due
 * @lib:  the library
 * @name: of the function
 *
 * Where it is missing bootlet ends, after a message, with exit code 125: as the
 * loader would have ended it at its start. Return: its address.
 */
void *lazylib_symbol(struct lazylib *lib, const char *name);

/** LAZYLIB_FIND - set @fn, a pointer to a function, to that of this name */
#define LAZYLIB_FIND(lib, fn, name) \
	(*(void **)(void *)&(fn) = lazylib_symbol(&(lib), name))

/**
 * LAZYLIB_CALL - what a function does that stands in for a library's
 * @lib:  struct lazylib; @name: of both functions
 * @args: to call it with, in parentheses
 */
#define LAZYLIB_CALL(lib, name, args) \
	static __typeof__(name) *fn_; \
	return (fn_ ? fn_ : (LAZYLIB_FIND(lib, fn_, #name), fn_))args

/** LAZYLIB_CALL_VOID - likewise, of a function that returns nothing */
#define LAZYLIB_CALL_VOID(lib, name, args) \
	static __typeof__(name) *fn_;      \
	(fn_ ? fn_ : (LAZYLIB_FIND(lib, fn_, #name), fn_)) args

#endif
