/* SPDX-License-Identifier: MIT */
/*
 * What the command line says about modules: MODULE.PARAM=VALUE, as
 * finit_module(2) wants it, and modprobe.blacklist=.
 */
#ifndef BOOTLET_MODPARAM_H
#define BOOTLET_MODPARAM_H

#include "moddep.h"

struct boot_config;

/**
 * modparam_build() - collect the parameters of one module
 * @cfg:  its @params, in which "-" and "_" of the module's name are the same
 * @name: the module's name, @len bytes
 * @len:  see @name
 * @buf:  "PARAM=VALUE PARAM=VALUE", in the order of the command line; a value
 *        with white space gets the quotes back that cmdline_parse() took
 * @size: bytes of @buf, at least 1
 *
 * Return: 0; -E2BIG where some did not fit: these are left out whole.
 */
int modparam_build(const struct boot_config *cfg, const char *name, size_t len,
		   char *buf, size_t size);

/** modparam_blacklisted() - whether @blacklist of @cfg has a module */
bool modparam_blacklisted(const struct boot_config *cfg, struct span name);

#endif
