/* SPDX-License-Identifier: MIT */
/* The image of a run: what goes into it, and the memory that takes. */
#ifndef BOOTLET_RUN_IMAGE_H
#define BOOTLET_RUN_IMAGE_H

#include "run.h"

/** run_image_as_is() - whether the image given with -i is booted as it is */
bool run_image_as_is(const struct run_spec *spec, const struct recipe *recipe);

/** run_image_settle() - add to the recipe what the run needs: drivers, the
 * command, the image to begin with */
void run_image_settle(const struct run_spec *spec, struct recipe *recipe);

/**
 * run_image_plan() - the image as a plan, and the guest's memory
 * @spec:   its files may be told by the command, see autofile.h
 * @recipe: NULL for an image that is booted as it is
 * @k:      the kernel
 * @img:    added to
 * @mem:    MiB; set where it is 0
 *
 * Return: 0; -ELIBACC where the command cannot run in it; -errno; each after a
 * message.
 */
int run_image_plan(struct run_spec *spec, struct recipe *recipe,
		   const struct kernel *k, struct image *img,
		   unsigned int *mem);

#endif
