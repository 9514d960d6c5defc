// SPDX-License-Identifier: MIT
/* What net.c does with a server of DHCP. */
#include "unit.h"

#include "dhcpserver.h"
#include "init/net.h"

START_TEST(all_that_the_server_gives)
{
	unsigned int len;

	apply(1000, "::::box::dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: 10.0.0.5/24" WHAT "\n");
	ck_assert(called(SIOCSIFMTU, "eth0 1400"));
	ck_assert(called(SIOCSIFADDR, "eth0 10.0.0.5"));
	ck_assert(called(SIOCSIFNETMASK, "eth0 255.255.255.0"));
	ck_assert(called(SIOCADDRT, "0.0.0.0 - via 10.0.0.1 eth0"));
	ck_resolv("search example.org\nnameserver 9.9.9.9\n");
	ck_assert_mem_eq(sent_option(&asked, 12, &len), "box", 3);
	ck_assert_mem_eq(sent_option(&asked, 50, &len), &msg.yiaddr, 4);
}
END_TEST

START_TEST(what_ip_gives_goes_before)
{
	apply(1000, ":::255.255.0.0::eth1:on:1.1.1.1", NULL);
	ck_assert_str_eq(heard, "init: eth1: 10.0.0.5/16 gateway 10.0.0.1 dns "
				"1.1.1.1 server 10.0.0.3 lease 3600 s\n");
	ck_assert(!called(SIOCSIFADDR, "eth0 10.0.0.5"));
	ck_assert_uint_eq(n_asked, 2);
}
END_TEST

static void bare(void)
{
	reply(asked_type() == DHCP_DISCOVER ? DHCP_OFFER : DHCP_ACK,
	      "172.20.0.5", "10.0.0.3");
	/* A line of its own in resolv.conf it shall not be. */
	msg_option(15, "a\nnameserver 6.6.6.6", 20);
	send_msg();
}

START_TEST(an_address_alone)
{
	server = bare;
	apply(1000, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: 172.20.0.5/16 server 10.0.0.3\n");
	ck_assert_int_lt(access(at("etc/resolv.conf"), F_OK), 0);
	ck_assert_uint_eq(fake_count("ioctl 0x8922"), 0);
}
END_TEST

static void by_eth1(void)
{
	if (asked_by == 3)
		usual();
}

/* No device is named: all are asked, the one that has an answer is taken. */
START_TEST(first_that_answers)
{
	server = by_eth1;
	apply(1000, "dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth1: 10.0.0.5/24" WHAT "\n");
	ck_assert_uint_eq(n_asked, 3);
}
END_TEST

START_TEST(two_at_a_time)
{
	devices[1].patience = 20;
	apply(1000, "eth0:dhcp", "eth1:dhcp");
	ck_assert_str_eq(heard, "init: eth1: 10.0.0.5/24" WHAT "\n"
				"init: eth0: 10.0.0.5/24" WHAT "\n");
	ck_assert_uint_eq(n_asked, 4);
}
END_TEST

START_TEST(two_of_any_device)
{
	apply(100, "dhcp", "dhcp");
	ck_assert_ptr_nonnull(strstr(heard, "init: eth0: 10.0.0.5/24" WHAT));
	ck_assert_ptr_nonnull(strstr(heard, "init: eth1: 10.0.0.5/24" WHAT));
}
END_TEST

START_TEST(in_the_background)
{
	int ms, end = 0;

	background = true;
	devices[1].patience = 5;
	apply(1000, "eth0:dhcp", NULL);
	sscanf(heard, "init: eth0: 10.0.0.5/24" WHAT " after %d ms\n%n", &ms,
	       &end);
	ck_assert_int_eq(end, (int)strlen(heard));
	ck_assert_int_gt(end, 0);
}
END_TEST

START_TEST(no_device)
{
	apply(4, "eth7:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth7: no such device; is its driver's "
				"module in the image?\n");
	memset(devices + 1, 0, sizeof(devices) - sizeof(devices[0]));
	apply(4, "dhcp", NULL);
	ck_assert_str_eq(heard, "init: network: no such device; is its "
				"driver's module in the image?\n");
	ck_assert_uint_eq(n_asked, 0);
}
END_TEST

START_TEST(no_carrier)
{
	long long ms;

	devices[1].patience = 1 << 30;
	ms = apply(40, "eth0:dhcp", "eth1:dhcp");
	ck_assert_str_eq(heard, "init: eth1: 10.0.0.5/24" WHAT "\n"
				"init: eth0: no carrier; is its cable plugged "
				"in?\n");
	ck_assert_int_ge(ms, 400);
}
END_TEST

/* As it is right after the link was set up: flags that say more than is so. */
START_TEST(running_without_carrier)
{
	put_text("sys/class/net/eth0/carrier", "0\n");
	put_text("sys/class/net/eth1/carrier", "1\n");
	apply(4, "eth0:dhcp", "eth1:dhcp");
	ck_assert_str_eq(heard, "init: eth1: 10.0.0.5/24" WHAT "\n"
				"init: eth0: no carrier; is its cable plugged "
				"in?\n");
	ck_assert_uint_eq(n_asked, 2);
}
END_TEST

/* 1, 2, 4 and 8 seconds. */
START_TEST(no_server)
{
	static const int at[] = { 0, 1, 3, 7 };
	long long ms;

	server = silent;
	ms = apply(40, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: no DHCP server answers\n");
	ck_assert_uint_eq(n_asked, 4);
	for (int i = 0; i < 4; i++)
		ck_assert_int_ge(asked_at[i] - asked_at[0], at[i] * 40);
	ck_assert_int_ge(ms, 15 * 40);
	ck_assert_uint_eq(ntohs(asked.secs), 7);
}
END_TEST

/* Said, and tried again as if it had been lost. */
START_TEST(message_that_cannot_be_sent)
{
	send_error = -ENETDOWN;
	apply(100, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: cannot send: Network is down\n"
				"init: eth0: 10.0.0.5/24" WHAT "\n");
}
END_TEST

START_TEST(address_that_is_refused)
{
	devices[1].flags |= IFF_UP;
	fake_fail("ioctl 0x8916", EPERM, -1);
	apply(50, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: cannot set address: Operation not "
				"permitted\n");
	ck_assert_int_lt(access(at("etc/resolv.conf"), F_OK), 0);
}
END_TEST

static void nak_once(void)
{
	if (asked_type() == DHCP_REQUEST && n_asked == 2) {
		reply(DHCP_NAK, "0.0.0.0", "10.0.0.3");
		send_msg();
	} else {
		usual();
	}
}

START_TEST(nak_starts_over)
{
	long long ms;

	server = nak_once;
	ms = apply(100, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: 10.0.0.5/24" WHAT "\n");
	ck_assert_uint_eq(n_asked, 4);
	/* Not at once: a server that says nothing but NAK is no flood. */
	ck_assert_int_ge(ms, 100);
}
END_TEST

static void late(void)
{
	if (n_asked > 1)
		usual();
}

START_TEST(server_that_comes_late)
{
	long long ms;

	server = late;
	ms = apply(100, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: 10.0.0.5/24" WHAT "\n");
	ck_assert_uint_eq(n_asked, 3);
	ck_assert_int_ge(ms, 100);
}
END_TEST

static void no_ack(void)
{
	if (asked_type() == DHCP_DISCOVER || n_asked > 2)
		usual();
}

/* The ACK was lost, or its server: from the beginning. */
START_TEST(lost_ack)
{
	server = no_ack;
	apply(100, "eth0:dhcp", NULL);
	ck_assert_str_eq(heard, "init: eth0: 10.0.0.5/24" WHAT "\n");
	ck_assert_uint_eq(n_asked, 4);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("net_dhcp");
	TCase *t = tcase_create("net_dhcp");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, all_that_the_server_gives);
	tcase_add_test(t, what_ip_gives_goes_before);
	tcase_add_test(t, an_address_alone);
	tcase_add_test(t, first_that_answers);
	tcase_add_test(t, two_at_a_time);
	tcase_add_test(t, two_of_any_device);
	tcase_add_test(t, in_the_background);
	tcase_add_test(t, no_device);
	tcase_add_test(t, no_carrier);
	tcase_add_test(t, running_without_carrier);
	tcase_add_test(t, no_server);
	tcase_add_test(t, message_that_cannot_be_sent);
	tcase_add_test(t, address_that_is_refused);
	tcase_add_test(t, nak_starts_over);
	tcase_add_test(t, server_that_comes_late);
	tcase_add_test(t, lost_ack);
	suite_add_tcase(s, t);
	return s;
}
