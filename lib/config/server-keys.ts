/**
 * Broker keys of the process itself: identity, metadata log, listeners, sockets and connections.
 * Part of the table in keys.ts.
 */
import { ipLimits } from './checks';
import { int, type Keys, list, long, maxInt, string } from './key';

export const serverKeys = {
  'process.roles': list(['broker', 'controller'])
    .filled()
    .oneOf('broker', 'controller')
    .doc(
      'Roles of this process; Millrace is always broker and controller in one, as the default says (Kafka has none).',
    ),
  'node.id': int(1)
    .min(0)
    .doc('Id of this node in the cluster, and of the broker that clients see (Kafka has no default).'),
  'broker.id': int(-1).doc('Older name of node.id; when set it must be the same.'),
  'broker.rack': string(null).doc('Rack that clients are told this broker stands in.'),
  'controller.listener.names': list([]).doc(
    'Listeners kept for controllers; not opened, for a single node has no quorum to talk to (Kafka has no default).',
  ),
  'controller.quorum.voters': list([]).doc(
    'Voters of the metadata quorum, as id@host:port; with the controller role this node must be one of them.',
  ),
  listeners: list(['PLAINTEXT://:9092'])
    .filled()
    .dynamicPerBroker()
    .doc('Addresses to listen on, as name://host:port; no host means every interface, port 0 means any free port.'),
  'advertised.listeners': list(null)
    .filled()
    .doc('Addresses that clients are told to connect to, as name://host:port; those of listeners if not set.'),
  'listener.security.protocol.map': string(
    'PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL',
  )
    .dynamicPerBroker()
    .doc('Security protocol of each listener name, as name:protocol; only PLAINTEXT is served.'),
  'metadata.log.dir': string(null).filled().doc('Directory of the metadata log; the first of log.dirs if not set.'),
  'metadata.log.segment.bytes': int(1073741824)
    .min(8388608)
    .doc('Size at which a segment of the metadata log is closed and the next one begun.'),
  'metadata.log.segment.ms': long(604800000)
    .idle()
    .doc('Age at which a segment of the metadata log is closed and the next one begun.'),
  'metadata.log.max.record.bytes.between.snapshots': long(20971520)
    .min(1)
    .idle()
    .doc('Bytes of new metadata records after which a snapshot is taken.'),
  'metadata.log.max.snapshot.interval.ms': long(3600000)
    .min(0)
    .idle()
    .doc('Longest time without a snapshot while there are new metadata records; 0: no limit.'),
  'socket.request.max.bytes': int(104857600)
    .min(1)
    .doc('Largest request; a connection that announces a larger one is closed.'),
  'socket.listen.backlog.size': int(50).min(1).doc('Connections that may wait to be accepted.'),
  'queued.max.request.bytes': long(268435456).doc(
    'Bytes of requests that the broker holds at a time, beyond which no socket is read; -1: no limit (as Kafka).',
  ),
  'queued.max.requests': int(500)
    .min(1)
    .doc('Requests of one connection that are handled at a time (in Kafka: of all that wait for a thread).'),
  'max.connections': int(maxInt).min(0).dynamic().doc('Connections that the broker holds open at a time.'),
  'max.connections.per.ip': int(maxInt)
    .min(0)
    .dynamic()
    .doc('Connections that one client address may hold open at a time.'),
  'max.connections.per.ip.overrides': string('')
    .check(ipLimits)
    .dynamic()
    .doc('Other limits than max.connections.per.ip for single addresses, as address:count.'),
  'max.connection.creation.rate': int(maxInt).min(0).dynamic().idle().doc('Connections that are accepted per second.'),
  'connections.max.idle.ms': long(600000).doc('Time after which a connection without any request is closed.'),
  'request.timeout.ms': int(30000)
    .idle()
    .doc('Time that a change of the cluster may take before it is answered with a time-out.'),
  'num.recovery.threads.per.data.dir': int(2)
    .min(1)
    .dynamic()
    .idle()
    .doc('Logs of one directory that are loaded or recovered at the same time.'),
} as const satisfies Keys;
