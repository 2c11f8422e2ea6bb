/**
 * Kafka's primitive types over Buffers: everything on the wire and in Kafka's logs goes through `Reader` and `Writer`.
 * This is the door that other folders use.
 */
export { zeroUuid } from '../uuid';
export { DecodeError, maxLong, Reader, usualElementsMax } from './reader';
export { EncodeError, Writer } from './writer';
