UNIT =
UNIT +=	addr
UNIT +=	hex
UNIT +=	name
UNIT +=	reason
