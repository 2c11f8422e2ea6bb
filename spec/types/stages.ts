/**
 * What stages promise about types: an API carries those of its messages, and a seam takes what flows there.
 */

import type { Transform } from 'node:stream';
import { map, type OperatorFunction } from 'rxjs';
import { metadata } from '../../lib/apis/metadata';
import { produce } from '../../lib/apis/produce';
import { around } from '../../lib/pipeline/around';
import { fromOperator } from '../../lib/pipeline/from-operator';
import { fromTransform } from '../../lib/pipeline/from-transform';
import { onReply } from '../../lib/pipeline/on-reply';
import { onRequest } from '../../lib/pipeline/on-request';
import type { Frame, Taps } from '../../lib/pipeline/seams';
import { Answer } from '../../lib/protocol/api';
import type { Connection } from '../../lib/protocol/scope';
import { accepts } from './claims';

// The API object carries the types of its bodies.
const asked = onRequest(produce, 'sees', (body, { header }, connection) => {
  accepts<number>(body.acks);
  accepts<Buffer | null | undefined>(body.topicData[0]?.partitionData[0]?.records);
  accepts<string | null>(header.clientId);
  accepts<Connection>(connection);
  // @ts-expect-error Produce has no groupId
  body.groupId;
  // @ts-expect-error nothing is changed in place
  body.acks = 1;
  // @ts-expect-error at any depth
  body.topicData[0]!.name = 'other';
});
const answered = onReply(metadata, 'sees', (body, { request, body: same }) => {
  accepts<string | null | undefined>(body.clusterId);
  accepts<typeof body>(same);
  accepts<number>(request.version);
  accepts<boolean>(request.body.allowAutoTopicCreation);
  // @ts-expect-error that is a field of Produce
  request.body.acks;
  // @ts-expect-error that is a field of the request
  body.allowAutoTopicCreation;
});
const called = around(metadata, 'sees', async ({ request, connection }, next) => {
  accepts<boolean>(request.body.allowAutoTopicCreation);
  accepts<number>(connection.id);
  const body = await next({ ...request.body, allowAutoTopicCreation: false });
  accepts<string | null | undefined>(body?.clusterId);
  // @ts-expect-error what the handler gets has all its fields
  next({ allowAutoTopicCreation: false });
  return body;
});

// A new body is one of the API.
onRequest(produce, 'changes', (body) => ({ ...body, acks: 1 }));
onRequest(produce, 'changes later', async (body) => ({ ...body, acks: 1 }));
onReply(metadata, 'changes', (body) => ({ ...body, clusterId: null }));
// @ts-expect-error acks is a number
onRequest(produce, 'changes', (body) => ({ ...body, acks: 'all' }));
// @ts-expect-error a request's body has all its fields
onRequest(produce, 'changes', () => ({ acks: 1 }));
// @ts-expect-error a number is no body
onRequest('changes', () => 7);

// An answer is one of the API, too, and may be none.
onRequest(produce, 'answers', () => new Answer({ responses: [] }));
onRequest(produce, 'answers not', () => null);
around(produce, 'answers', async () => ({ responses: [] }));
around('answers', async (_call, next) => next());
// @ts-expect-error responses are rows
onRequest(produce, 'answers', () => new Answer({ responses: [7] }));
// @ts-expect-error Produce answers responses
around(produce, 'answers', async () => ({ brokers: [] }));

// Stages of every API see bodies that they know nothing of.
onRequest('any', ({ api, body }) => {
  accepts<string>(api.name);
  // @ts-expect-error a body without its API has no fields
  body.acks;
});
onReply('any', ({ request }) => accepts<string>(request.api.name));

// A stage sits where its items flow, and nowhere else.
accepts<Taps>({ requests: [asked], calls: [called], replies: [answered] });
// @ts-expect-error no requests at the seam of replies
accepts<Taps>({ replies: [asked] });
// @ts-expect-error nor replies alone at that of requests
accepts<Taps>({ requests: [answered] });
// @ts-expect-error a call is no request
accepts<Taps>({ requests: [called] });
// @ts-expect-error nor a request a call
accepts<Taps>({ calls: [asked] });
// @ts-expect-error there is no such seam
accepts<Taps>({ answers: [answered] });

// Raw transforms and operators take the type of their seam.
declare const transform: () => Transform;
declare const longer: OperatorFunction<Frame, Frame>;
accepts<Taps>({ inbound: [fromTransform('raw', transform)], frames: [fromTransform('raw', transform)] });
accepts<Taps>({ frames: [fromOperator('longer', longer)] });
accepts<Taps>({
  frames: [
    fromOperator(
      'same',
      map((frame) => ({ ...frame, receivedAtMs: 0 })),
    ),
  ],
});
// @ts-expect-error frames do not flow there
accepts<Taps>({ requests: [fromOperator('longer', longer)] });
const shorter = map((frame: Frame) => frame.receivedAtMs);
// @ts-expect-error a frame has bytes
accepts<Taps>({ frames: [fromOperator('shorter', shorter)] });
