import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

export const COMPLIANCE_STATUSES = [
  'unknown',
  'notApplicable',
  'compliant',
  'remediated',
  'nonCompliant',
  'error',
  'conflict',
  'notAssigned',
] as const;

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
