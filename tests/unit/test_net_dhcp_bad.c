// SPDX-License-Identifier: MIT
/* What net.c does with messages that are not for it, or are no good. */
#include "unit.h"

#include "dhcpserver.h"
#include "init/net.h"

static void send_wrong(int which)
{
	unsigned int type = asked_type() == DHCP_DISCOVER ? DHCP_OFFER :
							    DHCP_ACK;

	reply(type, "10.6.6.6", "10.6.6.1");
	switch (which) {
	case 0: /* an interface that there is not */
		msg.xid ^= 0x40;
		break;
	case 1:
		msg.xid ^= 0x80000000;
		break;
	case 2: /* the other's, who has not asked */
		msg.xid ^= 1; /* 2 ^ 3 */
		break;
	case 3:
		msg.chaddr[5] ^= 1;
		break;
	case 4:
		msg_len -= 1;
		break;
	case 5:
		msg.op = 1;
		break;
	case 6:
		msg.yiaddr = 0;
		if (type == DHCP_ACK)
			msg.op = 1;
		break;
	case 7: /* an ACK for nothing, or from one who was not asked */
		msg_type(DHCP_ACK);
		break;
	case 8:
		msg_type(DHCP_NAK);
		break;
	case 9: /* a second offer */
		if (type == DHCP_OFFER)
			return;
		msg_type(DHCP_OFFER);
		break;
	case 10: /* another address than was offered */
		if (type == DHCP_OFFER)
			return;
		msg_addr(54, "10.0.0.3");
		break;
	case 11:
		msg_len = 0;
		break;
	default:
		msg_len = 200;
	}
	send_msg();
}

static int wrong;

static void wrong_first(void)
{
	send_wrong(wrong);
	usual();
}

START_TEST(passes_over)
{
	wrong = _i;
	server = wrong_first;
	ck_assert_int_lt(apply(1000, "eth0:dhcp", NULL), 900);
	ck_assert_str_eq(heard, "init: eth0: 10.0.0.5/24" WHAT "\n");
	ck_assert_uint_eq(n_asked, 2);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("net_dhcp_bad");
	TCase *t = tcase_create("net_dhcp_bad");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, passes_over, 0, 13);
	suite_add_tcase(s, t);
	return s;
}
