// SPDX-License-Identifier: MIT
#include "unit.h"

#include "dhcpmsg.h"
#include "init/dhcp.h"

#include <stdlib.h>

static const unsigned char mac[] = { 0x52, 0x54, 0, 0x12, 0x34, 0x56 };
static struct dhcp_reply r;

/* In memory that ends where a message that is taken may end, so that the
 * sanitizer sees what is read behind it. */
static bool parse(size_t len)
{
	struct dhcp_packet *p = malloc(sizeof(*p));
	bool good;

	ck_assert_ptr_nonnull(p);
	memset(p, 0xa5, sizeof(*p));
	memcpy(p, &msg, len);
	memset(&r, 0xa5, sizeof(r));
	good = dhcp_parse(p, (long)len, &r);
	free(p);
	return good;
}

static void is_addr(uint32_t addr, const char *want)
{
	char buf[INET_ADDRSTRLEN];

	ck_assert_str_eq(inet_ntop(AF_INET, &addr, buf, sizeof(buf)), want);
}

static void ack(void)
{
	const uint32_t dns[] = { inet_addr("9.9.9.9"), inet_addr("8.8.8.8"),
				 inet_addr("7.7.7.7") };
	const uint32_t routers[] = { inet_addr("10.0.0.1"),
				     inet_addr("10.0.0.2") };

	msg_start(0x01020304, mac, "10.0.0.5");
	msg_type(DHCP_ACK);
	msg_addr(54, "10.0.0.3");
	msg_number(51, 86400, 4);
	msg_addr(1, "255.255.254.0");
	msg_option(3, routers, 8);
	msg_byte(0); /* a pad */
	msg_option(6, dns, 12);
	msg_option(15, "example.org", 11);
	msg_number(26, 1400, 2);
	msg_option(66, "not for us", 10);
}

static void is_ack(void)
{
	ck_assert_uint_eq(r.type, DHCP_ACK);
	is_addr(r.server, "10.0.0.3");
	is_addr(r.netmask, "255.255.254.0");
	is_addr(r.gateway, "10.0.0.1");
	is_addr(r.dns[0], "9.9.9.9");
	is_addr(r.dns[1], "8.8.8.8");
	ck_assert_str_eq(r.search, "example.org");
	ck_assert_uint_eq(r.mtu, 1400);
	ck_assert_uint_eq(r.lease, 86400);
}

START_TEST(reads_every_option)
{
	ack();
	msg_byte(255);
	/* What follows the end is not looked at. */
	msg_type(DHCP_NAK);
	ck_assert(parse(msg_len));
	is_ack();
}
END_TEST

START_TEST(needs_no_end)
{
	ack();
	ck_assert(parse(msg_len));
	is_ack();
}
END_TEST

/* Cut off in an option it is none; between two, what was there counts. */
START_TEST(truncated_at_every_length)
{
	size_t good = 0, whole;

	ack();
	whole = msg_len;
	for (size_t len = 0; len < whole; len++) {
		if (!parse(len))
			continue;
		good++;
		ck_assert_uint_gt(len, 240 + 8);
		ck_assert_uint_eq(r.type, DHCP_ACK);
		is_addr(r.server, "10.0.0.3");
	}
	/* Behind each of the options from 54 on but the last, and the pad. */
	ck_assert_uint_eq(good, 8);
	ck_assert(!parse(0));
	ck_assert(!dhcp_parse(&msg, -11, &r));
}
END_TEST

START_TEST(option_that_runs_over)
{
	for (unsigned int len = 0; len < 256; len++) {
		ack();
		msg_byte(15);
		msg_byte(len);
		for (unsigned int i = 0; i + 1 < len; i++)
			msg_byte('x');
		ck_assert_int_eq(parse(msg_len), len == 0);
	}
}
END_TEST

/* Up to the last byte that is taken, and one that says it goes on there. */
START_TEST(longest)
{
	ack();
	while (msg_len < DHCP_TAKEN_SIZE)
		msg_byte(0);
	ck_assert(parse(DHCP_TAKEN_SIZE));
	is_ack();
	((unsigned char *)&msg)[DHCP_TAKEN_SIZE - 1] = 15;
	ck_assert(!parse(DHCP_TAKEN_SIZE));
	((unsigned char *)&msg)[DHCP_TAKEN_SIZE - 2] = 15;
	((unsigned char *)&msg)[DHCP_TAKEN_SIZE - 1] = 1;
	ck_assert(!parse(DHCP_TAKEN_SIZE));
	((unsigned char *)&msg)[DHCP_TAKEN_SIZE - 1] = 0;
	ck_assert(parse(DHCP_TAKEN_SIZE));
}
END_TEST

START_TEST(two_of_each_the_last_counts)
{
	ack();
	msg_type(DHCP_NAK);
	msg_addr(54, "10.0.0.4");
	msg_number(51, 60, 4);
	msg_addr(1, "255.0.0.0");
	msg_addr(3, "10.0.0.9");
	msg_addr(6, "1.1.1.1");
	msg_option(15, "lan", 3);
	msg_number(26, 576, 2);
	ck_assert(parse(msg_len));
	ck_assert_uint_eq(r.type, DHCP_NAK);
	is_addr(r.server, "10.0.0.4");
	is_addr(r.netmask, "255.0.0.0");
	is_addr(r.gateway, "10.0.0.9");
	is_addr(r.dns[0], "1.1.1.1");
	is_addr(r.dns[1], "0.0.0.0");
	ck_assert_str_eq(r.search, "lan");
	ck_assert_uint_eq(r.mtu, 576);
	ck_assert_uint_eq(r.lease, 60);
}
END_TEST

/* Lengths that an option cannot have: as if it were not there. */
START_TEST(short_options)
{
	static const unsigned char codes[] = { 1, 3, 6, 15, 26, 51 };

	msg_start(1, mac, "10.0.0.5");
	msg_type(DHCP_ACK);
	msg_addr(54, "10.0.0.3");
	for (size_t i = 0; i < sizeof(codes); i++)
		for (unsigned int len = 0; len < 4; len++)
			if (codes[i] != 15 && (codes[i] != 26 || len < 2))
				msg_option(codes[i], "\1\1\1", len);
	msg_option(15, "", 0);
	ck_assert(parse(msg_len));
	is_addr(r.netmask, "0.0.0.0");
	is_addr(r.gateway, "0.0.0.0");
	is_addr(r.dns[0], "0.0.0.0");
	is_addr(r.dns[1], "0.0.0.0");
	ck_assert_str_eq(r.search, "");
	ck_assert_uint_eq(r.mtu, 0);
	ck_assert_uint_eq(r.lease, 0);
	/* Of a second server a part is none. */
	msg_option(6, "\1\2\3\4\5\6\7", 7);
	ck_assert(parse(msg_len));
	is_addr(r.dns[0], "1.2.3.4");
	is_addr(r.dns[1], "0.0.0.0");
}
END_TEST

START_TEST(longest_domain)
{
	char name[255];

	memset(name, 'a', sizeof(name));
	ack();
	msg_option(15, name, 255);
	ck_assert(parse(msg_len));
	ck_assert_uint_eq(strlen(r.search), 255);
	is_addr(r.server, "10.0.0.3");
}
END_TEST

START_TEST(none_of_a_server)
{
	ack();
	msg.op = 1;
	ck_assert(!parse(msg_len));
	ack();
	msg.cookie++;
	ck_assert(!parse(msg_len));
	/* BOOTP, and one that says not whose it is. */
	msg_start(1, mac, "10.0.0.5");
	ck_assert(!parse(msg_len));
	ck_assert(!parse(300));
	msg_type(DHCP_OFFER);
	ck_assert(!parse(msg_len));
	msg_addr(54, "0.0.0.0");
	ck_assert(!parse(msg_len));
	msg_addr(54, "10.0.0.3");
	ck_assert(parse(msg_len));
	ck_assert_uint_eq(r.type, DHCP_OFFER);
}
END_TEST

/* Whatever it is: nothing is read or written that is not there. */
START_TEST(noise)
{
	srandom(1);
	for (int i = 0; i < 20000; i++) {
		size_t len = 236 + (size_t)random() % (DHCP_TAKEN_SIZE - 236);

		ack();
		for (size_t at = 240; at < len; at++)
			((unsigned char *)&msg)[at] =
				(unsigned char)(random() % 4 ? random() % 60 :
							       random());
		if (parse(len))
			ck_assert_uint_ne(r.server, 0);
		ck_assert_uint_lt(strnlen(r.search, sizeof(r.search)),
				  sizeof(r.search));
	}
}
END_TEST

static struct ip_config ip_of(const char *text)
{
	static struct ip_config ip;

	ck_assert_int_eq(ip_parse(&ip, text), 0);
	ip.pause = 1;
	return ip;
}

static void has_option(const struct dhcp_packet *p, unsigned int code,
		       const void *want, unsigned int want_len)
{
	unsigned int len;
	const unsigned char *o = sent_option(p, code, &len);

	ck_assert_ptr_nonnull(o);
	ck_assert_uint_eq(len, want_len);
	ck_assert_mem_eq(o, want, len);
}

START_TEST(discover)
{
	static const unsigned char head[] = {
		1, 1, 6, 0, 0x0a, 0x0b, 0x0c, 0x0d, 0, 0, 0x80, 0,
	};
	static const unsigned char zeros[16 + 192],
		cookie[] = { 99, 130, 83, 99 };
	struct ip_config ip = ip_of("dhcp");
	struct dhcp_packet p;
	unsigned int len;

	memset(&p, 0xa5, sizeof(p));
	dhcp_build(&p, &ip, mac, htonl(0x0a0b0c0d));
	ck_assert_mem_eq(&p, head, sizeof(head));
	ck_assert_mem_eq(&p.ciaddr, zeros, 16);
	ck_assert_mem_eq(p.chaddr, mac, 6);
	ck_assert_mem_eq(p.chaddr + 6, zeros, 10 + 192);
	ck_assert_mem_eq(&p.cookie, cookie, 4);
	has_option(&p, 53, "\1", 1);
	has_option(&p, 55, "\1\3\6\17\32\63\65\66", 8);
	ck_assert_ptr_null(sent_option(&p, 12, &len));
	ck_assert_ptr_null(sent_option(&p, 50, &len));
	ck_assert_ptr_null(sent_option(&p, 54, &len));
	/* Nothing that was in memory before is sent. */
	ck_assert_uint_eq(((unsigned char *)&p)[DHCP_SENT_SIZE - 1], 0);
	ck_assert_uint_eq(((unsigned char *)&p)[DHCP_SENT_SIZE], 0xa5);
}
END_TEST

START_TEST(request)
{
	const char name[] = "0123456789012345678901234567890123456789012345"
			    "678901234567890123";
	char text[128] = "::::";
	struct ip_config ip;
	struct dhcp_packet p;
	uint32_t addr = inet_addr("10.0.0.5"), server = inet_addr("10.0.0.3");

	strcat(strcat(text, name), "::dhcp");
	ip = ip_of(text);
	ip.server = server;
	ip.addr = addr;
	ip.pause = 8;
	memset(&p, 0xa5, sizeof(p));
	dhcp_build(&p, &ip, mac, 1);
	has_option(&p, 53, "\3", 1);
	has_option(&p, 12, name, 64);
	has_option(&p, 50, &addr, 4);
	has_option(&p, 54, &server, 4);
	/* 1, 2 and 4 seconds have passed. */
	ck_assert_uint_eq(ntohs(p.secs), 7);
	ck_assert_uint_eq(((unsigned char *)&p)[DHCP_SENT_SIZE - 1], 0);
	ck_assert_uint_eq(((unsigned char *)&p)[DHCP_SENT_SIZE], 0xa5);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("dhcp");
	TCase *t = tcase_create("dhcp");

	tcase_add_test(t, reads_every_option);
	tcase_add_test(t, needs_no_end);
	tcase_add_test(t, truncated_at_every_length);
	tcase_add_test(t, option_that_runs_over);
	tcase_add_test(t, longest);
	tcase_add_test(t, two_of_each_the_last_counts);
	tcase_add_test(t, short_options);
	tcase_add_test(t, longest_domain);
	tcase_add_test(t, none_of_a_server);
	tcase_add_test(t, noise);
	tcase_add_test(t, discover);
	tcase_add_test(t, request);
	suite_add_tcase(s, t);
	return s;
}
