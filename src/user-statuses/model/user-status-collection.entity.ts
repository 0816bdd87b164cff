import { Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A collection that has, or had, a row: the number that stands for it there, and its name. */
@Entity('user_status_collection')
@Unique(['deviceConfigurationId', 'navigation'])
export class UserStatusCollection {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text', { name: 'device_configuration_id' })
  deviceConfigurationId!: string;

  /** The number of the navigation (`navigations.ts`). */
  @Column('integer')
  navigation!: number;
}
