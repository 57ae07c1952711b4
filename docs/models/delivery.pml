/* Outbox, mailbox and acknowledgement (docs/protocol.md sections 8.5 to 8.8): a message is told `delivered` only when it
   stands in its reader's vault, it stands there once, and nothing is lost when programs die at any step.

   Four parties: the writer's agent, the authority's mailbox, the reader's agent, and a hand that kills them and loses what
   is on the wire. What is durable (outbox, box, vault) survives a death; what is under way doesn't. A transaction is an
   `atomic`. Checked by Spin: see README.md. Each of the three switches leaves one rule out; each must then fail. */

#ifndef N
#define N 1       /* messages: no rule here is about two of them; 2 takes minutes and gigabytes */
#endif
#ifndef DEATHS
#define DEATHS 4  /* of anybody, at any step */
#endif
#ifndef ACK_AFTER_DISK
#define ACK_AFTER_DISK 1     /* the authority answers `deposit` once it is on disk; the reader receipts what is in its vault */
#endif
#ifndef ONCE_BY_ID
#define ONCE_BY_ID 1         /* a message's id is stored once, whichever way it comes */
#endif
#ifndef KEEP_UNTIL_RECEIPT
#define KEEP_UNTIL_RECEIPT 1 /* what waits in the mailbox stays in the outbox as well: a mailbox may forget what is old */
#endif

mtype = { message, receipt };

chan straight = [1] of { byte };         /* deliver: writer -> reader, over a connection of their own */
chan deposit  = [1] of { byte };         /* writer -> authority */
chan deposited = [1] of { byte };        /* done: authority -> writer */
chan mail     = [1] of { mtype, byte };  /* authority -> who fetches */
chan drop     = [1] of { mtype, byte };  /* drop_mail */
chan back     = [1] of { byte };         /* receipt: reader -> writer, straight */
chan left     = [1] of { byte };         /* receipt: reader -> authority, for the writer's mailbox */

/* durable */
bool outbox[N];     /* the writer's: not receipted yet */
bool written[N];
bool told[N];       /* the writer's page says `delivered` */
bool box[N];        /* the authority's: message i waits for the reader */
bool boxed[N];      /* the authority's: receipt i waits for the writer */
byte vault[N];      /* the reader's: copies of message i */
bool owed[N];       /* the reader's: receipt i has still to reach its writer */
/* not durable */
bool cache[N];      /* taken by the authority, not on its disk yet */
bool seen[N];       /* taken by the reader, not in its vault yet (ACK_AFTER_DISK 0) */
bool waits[N];      /* the writer knows that i is in the mailbox: it isn't left there again */
byte deaths = 0;

inline lose(channel) { do :: nempty(channel) -> channel?_ :: empty(channel) -> break od }
inline lose_mail(channel) { do :: nempty(channel) -> channel?_,_ :: empty(channel) -> break od }

inline take(i) {   /* the reader's one transaction: the message, and the receipt that is owed for it */
  if
  :: ACK_AFTER_DISK ->
     if :: ONCE_BY_ID && vault[i] > 0 -> skip :: else -> if :: vault[i] < 2 -> vault[i]++ :: else -> skip fi fi;
     owed[i] = true
  :: else -> seen[i] = true; owed[i] = true
  fi
}

/* Each choice begins with what it waits for: what is chosen goes on to its end, and no variable keeps what is over. */
#define WRITER(i) \
  :: atomic { !written[i] -> written[i] = true; outbox[i] = true } \
  :: atomic { outbox[i] && nfull(straight) -> straight!i } \
  :: atomic { outbox[i] && !waits[i] && nfull(deposit) -> deposit!i }

active proctype writer() {
  byte i;
  do
  WRITER(0)
#if N > 1
  WRITER(1)
#endif
  :: atomic { deposited?i -> waits[i] = true; if :: KEEP_UNTIL_RECEIPT -> skip :: else -> outbox[i] = false fi; i = 0 }
  :: atomic { back?i -> outbox[i] = false; told[i] = true; i = 0 }
  :: atomic { mail?[receipt, _] && nfull(drop) -> mail?receipt, i; outbox[i] = false; told[i] = true; drop!receipt, i;
              i = 0 }
  od
}

#define AUTHORITY(i) \
  :: atomic { cache[i] -> cache[i] = false; box[i] = true;   /* the batch is on disk */ \
              if :: ACK_AFTER_DISK && nfull(deposited) -> deposited!i \
                 :: !ACK_AFTER_DISK || full(deposited) -> skip fi } \
  :: atomic { box[i] && nfull(mail) -> mail!message, i } \
  :: atomic { boxed[i] && nfull(mail) -> mail!receipt, i } \
  :: atomic { box[i] && deaths < DEATHS -> deaths++; box[i] = false }   /* it lapses */

active proctype authority() {
  byte i; mtype what;
  do
  AUTHORITY(0)
#if N > 1
  AUTHORITY(1)
#endif
  :: atomic { deposit?i -> cache[i] = true;
              if :: !ACK_AFTER_DISK && nfull(deposited) -> deposited!i
                 :: ACK_AFTER_DISK || full(deposited) -> skip fi; i = 0 }
  :: atomic { left?i -> boxed[i] = true; i = 0 }
  :: atomic { drop?what, i -> if :: what == message -> box[i] = false :: else -> boxed[i] = false fi; what = 0; i = 0 }
  od
}

#define READER(i) \
  :: atomic { seen[i] -> seen[i] = false; owed[i] = true; \
              if :: vault[i] == 0 -> vault[i] = 1 :: else -> skip fi } \
  :: atomic { owed[i] && nfull(back) -> back!i; owed[i] = false }   /* straight: asked for again */ \
  :: atomic { owed[i] && nfull(left) -> left!i }

active proctype reader() {
  byte i;
  do
  READER(0)
#if N > 1
  READER(1)
#endif
  :: atomic { straight?i -> take(i); i = 0 }
  :: atomic { mail?[message, _] && nfull(drop) -> mail?message, i;
              take(i); drop!message, i; i = 0 }
  od
}

active proctype bad_luck() {   /* somebody dies, or a connection is cut */
  byte i;
  do
  :: atomic { deaths < DEATHS -> deaths++;   /* the writer */
              lose(straight); lose(back); lose(deposit); lose(deposited); lose_mail(drop);
              for (i : 0 .. N - 1) { waits[i] = false }; i = 0 }
  :: atomic { deaths < DEATHS -> deaths++;   /* the authority */
              lose(deposit); lose(deposited); lose_mail(mail); lose_mail(drop); lose(left);
              for (i : 0 .. N - 1) { cache[i] = false; waits[i] = false }; i = 0 }
  :: atomic { deaths < DEATHS -> deaths++;   /* the reader */
              lose(straight); lose(back); lose(left); lose_mail(mail); lose_mail(drop);
              for (i : 0 .. N - 1) { seen[i] = false }; i = 0 }
  :: deaths == DEATHS -> break
  od
}

/* what is told is there, and nothing is there twice */
#define TRUE_RECEIPT(i) (!told[i] || vault[i] > 0)
#define ONCE(i) (vault[i] < 2)
/* what was written is in the vault, or somewhere durable from where it goes on by itself */
#define KEPT(i) (!written[i] || vault[i] > 0 || outbox[i] || box[i])

#if N == 1
ltl safe { [] (TRUE_RECEIPT(0) && ONCE(0) && KEPT(0)) }
#else
ltl safe { [] (TRUE_RECEIPT(0) && TRUE_RECEIPT(1) && ONCE(0) && ONCE(1) && KEPT(0) && KEPT(1)) }
#endif
