import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

import { COMPLIANCE_STATUSES } from '../../compliance-statuses.js';

@Entity()
@Index(['deviceConfigurationId', 'id'])
export class UserStatus {
  /** Generated, so that `save` inserts without looking for the row first. */
  @PrimaryGeneratedColumn('uuid')
  id!: string;

  @Column()
  deviceConfigurationId!: string;

  @Column()
  devicesCount!: number;

  @Column()
  lastReportedDateTime!: Date;

  @Column({ type: 'simple-enum', enum: COMPLIANCE_STATUSES })
  status!: (typeof COMPLIANCE_STATUSES)[number];

  @Column({ type: 'varchar', nullable: true })
  userDisplayName!: string | null;

  @Column({ type: 'varchar', nullable: true })
  userPrincipalName!: string | null;
}
