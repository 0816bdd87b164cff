import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { RowOf } from '../../entity-sets/entity-shapes.js';
import type { USER_STATUS } from './user-statuses.set.js';

/**
 * A row of the table, which the migrations make. The key leads with the owning collection, so that
 * one collection's rows lie together, and the table can be sharded by collection.
 */
@Entity('user_status')
export class UserStatus implements RowOf<typeof USER_STATUS> {
  /** The number that stands for the collection, because each entry of each index repeats it. */
  @PrimaryColumn('bigint', { name: 'collection_id' })
  collectionId!: number;

  @PrimaryColumn('text')
  id!: string;

  @Column('integer', { name: 'devices_count' })
  devicesCount!: number;

  /** As it was sent. A native timestamp would lose digits and the offset. */
  @Column('text', { name: 'last_reported_date_time' })
  lastReportedDateTime!: string;

  /** The instant of `lastReportedDateTime`, in a text that sorts as instants do. */
  @Column('text', { name: 'last_reported_instant' })
  lastReportedInstant!: string;

  /** The value of the enum's member: its order is what `gt` and `lt` compare. */
  @Column('integer')
  status!: number;

  @Column('text', { name: 'user_display_name', nullable: true })
  userDisplayName!: string | null;

  @Column('text', { name: 'user_principal_name', nullable: true })
  userPrincipalName!: string | null;

  /**
   * Changes with every write and is never the same again for one key: the entity tag is made of it.
   */
  @Column('bigint')
  revision!: number;
}
